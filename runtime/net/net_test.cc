// Requests to the real kernel, in a network namespace of the test's own; iproute2 is the judge.

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/loop/event_loop.h"
#include "runtime/loop/spawn.h"
#include "runtime/net/interfaces.h"
#include "runtime/net/netlink.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class NetTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string uid_map = absl::StrCat("0 ", getuid(), " 1");
    ASSERT_EQ(unshare(CLONE_NEWUSER | CLONE_NEWNET), 0);
    ASSERT_TRUE(WriteFile("/proc/self/uid_map", uid_map).ok());
  }

  // A process in a network namespace of its own, as a created container is.
  void SetUp() override {
    Pipe ready = MakePipe().value();
    container_ = fork();
    if (container_ == 0) {
      [[maybe_unused]] const int done = unshare(CLONE_NEWNET);
      ready.write.Close();
      pause();
      _exit(0);
    }
    ready.write.Close();
    loop_->Watch(ready.read.get(), EPOLLIN, [&](uint32_t) {
      loop_->Unwatch(ready.read.get());
      is_ready_ = true;
    });
    loop_->RunUntil([this] { return is_ready_; });
  }
  void TearDown() override {
    kill(container_, SIGKILL);
    waitpid(container_, nullptr, 0);
  }

  std::string Output(const std::string& command) {
    Pipe pipe = MakePipe().value();
    const int out = pipe.write.get();
    EXPECT_TRUE(
        RunProgram(*loop_, {.argv = {"/bin/sh", "-c", command}, .out = out, .err = out}).ok());
    char text[8192] = {};
    return read(pipe.read.get(), text, sizeof(text) - 1) > 0 ? text : "";
  }
  std::string InContainer(const std::string& command) {
    return Output(absl::StrCat("nsenter -t ", container_, " -n ", command));
  }

  std::unique_ptr<EventLoop> loop_ = EventLoop::Create({}, [](int) {}).value();
  pid_t container_ = 0;
  bool is_ready_ = false;
};

TEST_F(NetTest, Loopback) {
  ASSERT_TRUE(BringUpLoopback().ok());
  EXPECT_THAT(Output("ip -o addr show dev lo"), HasSubstr("inet 127.0.0.1/8 scope host lo"));
  EXPECT_TRUE(BringUpLoopback().ok()) << "a second time is fine";
}

TEST_F(NetTest, LinkThatDoesNotExist) {
  EXPECT_EQ(
      ProvideInterface({"none0", "", "", false}, container_).message(),
      absl::StrCat("move interface none0 to process ", container_, ": rtnetlink: No such device"));
}

TEST_F(NetTest, ExistingLinkIsMoved) {
  ASSERT_EQ(Output("ip link add in7 type veth peer name out7"), "");
  const absl::Status status = ProvideInterface({"in7", "", "", false}, container_);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(InContainer("ip -o link"), HasSubstr("in7"));
  EXPECT_EQ(if_nametoindex("in7"), 0u);
  EXPECT_NE(if_nametoindex("out7"), 0u);
}

TEST_F(NetTest, CreatedInTheContainer) {
  ASSERT_TRUE(ProvideInterface({"br8", "bridge", "", false}, container_).ok());
  EXPECT_THAT(InContainer("ip -o -d link show br8"), HasSubstr("bridge"));
  EXPECT_EQ(if_nametoindex("br8"), 0u);
}

// A bridge belongs to its namespace for ever, so what the kernel refuses shows where it was
// created.
TEST_F(NetTest, CreatedInTheRootAndThenMoved) {
  const absl::Status status = ProvideInterface({"br9", "bridge", "", true}, container_);
  EXPECT_EQ(status.message(), absl::StrCat("move interface br9 to process ", container_,
                                           ": rtnetlink: Invalid argument"));
  EXPECT_NE(if_nametoindex("br9"), 0u);
}

TEST_F(NetTest, PeerAloneMeansVethAndStaysOutside) {
  const absl::Status status = ProvideInterface({"eth7", "", "veth7", false}, container_);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(InContainer("ip -o -d link show eth7"), AllOf(HasSubstr("eth7@"), HasSubstr("veth")));
  EXPECT_NE(if_nametoindex("veth7"), 0u);
}

TEST_F(NetTest, UnknownType) {
  EXPECT_EQ(ProvideInterface({"x0", "nosuchtype", "", false}, container_).message(),
            "create nosuchtype interface x0: rtnetlink: Operation not supported");
}

TEST_F(NetTest, VethNeedsAPeer) {
  EXPECT_EQ(ProvideInterface({"eth0", "veth", "", false}, container_).message(),
            "interface eth0 is a veth without a peer; set interfaces.peer");
}

TEST_F(NetTest, NameIsRequired) {
  EXPECT_EQ(ProvideInterface({"", "veth", "p", false}, container_).message(),
            "an interface has no name; set interfaces.name");
}

}  // namespace
}  // namespace linuxkit
