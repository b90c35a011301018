// The kernel's own messages and forged ones, in a network namespace of this test.
#include "runtime/setup/uevents.h"

#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;

TEST(ParseUevent, HeaderAndValues) {
  using std::string_view_literals::operator""sv;
  constexpr std::string_view kMessage =
      "add@/devices/x\0ACTION=add\0SUBSYSTEM=pci\0MODALIAS=pci:v1=2\0"sv;
  EXPECT_THAT(ParseUevent(kMessage),
              ElementsAre(testing::Pair("ACTION", "add"), testing::Pair("MODALIAS", "pci:v1=2"),
                          testing::Pair("SUBSYSTEM", "pci")));
}

// What a container with CAP_NET_ADMIN in PID 1's network namespace can send.
void SendAsAProcess(std::string_view message) {
  const Fd fd(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl everyone{};
  everyone.nl_family = AF_NETLINK;
  everyone.nl_groups = 1;
  ASSERT_EQ(sendto(fd.get(), message.data(), message.size(), 0,
                   reinterpret_cast<const sockaddr*>(&everyone), sizeof(everyone)),
            static_cast<ssize_t>(message.size()));
}

// The kernel announces that.
void RenameLoopback() {
  const Fd fd(socket(AF_INET, SOCK_DGRAM, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  std::strcpy(request.ifr_newname, "renamed");
  ASSERT_EQ(ioctl(fd.get(), SIOCSIFNAME, &request), 0);
}

TEST(WatchUevents, OfTheKernelAlone) {
  const std::string uid_map = absl::StrCat("0 ", getuid(), " 1");
  ASSERT_EQ(unshare(CLONE_NEWUSER | CLONE_NEWNET), 0);
  ASSERT_TRUE(WriteFile("/proc/self/uid_map", uid_map).ok());
  const auto loop = EventLoop::Create({}, [](int) {}).value();
  std::vector<std::string> actions;
  ASSERT_TRUE(WatchUevents(*loop, [&](const Uevent& event) {
                actions.push_back(event.at("ACTION"));
              }).ok());
  using std::string_view_literals::operator""sv;
  SendAsAProcess("add@/x\0ACTION=add\0MODALIAS=fs-vfat\0"sv);
  RenameLoopback();
  loop->RunUntil([&] { return !actions.empty(); });
  EXPECT_THAT(actions, ElementsAre("move"));
}

}  // namespace
}  // namespace linuxkit
