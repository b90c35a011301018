// Real processes in modprobe's place, which end when the test lets them.
#include "runtime/modules/device_modules.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/fd.h"
#include "runtime/loop/event_loop.h"
#include "runtime/loop/spawn.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class DeviceModulesTest : public testing::Test {
 protected:
  // A process that lives until its standard input ends.
  absl::StatusOr<pid_t> Start(const std::vector<std::string>& aliases) {
    started_.push_back(aliases);
    std::array<int, 2> pipe{};
    EXPECT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
    const Fd read(pipe[0]);
    inputs_.emplace_back(pipe[1]);
    return Spawn({.argv = {"/bin/cat"}, .in = read.get()});
  }
  void EndFirstProcess() { inputs_.pop_front(); }
  void AwaitStarts(size_t count) {
    loop_->RunUntil([&] { return started_.size() == count; });
  }

  std::unique_ptr<EventLoop> loop_ = EventLoop::Create({}, [](int) {}).value();
  std::vector<std::vector<std::string>> started_;
  std::list<Fd> inputs_;
  DeviceModules modules_{
      *loop_, [this](const std::vector<std::string>& aliases) { return Start(aliases); }};
};

TEST_F(DeviceModulesTest, FewProcessesTakeWhateverComesMeanwhile) {
  for (const char* alias : {"a", "b", "c", "d", "f", "e"}) modules_.Add(alias);
  EXPECT_THAT(started_, SizeIs(DeviceModules::kMaxProcesses));
  EndFirstProcess();
  AwaitStarts(5);
  EXPECT_THAT(started_.back(), ElementsAre("e", "f"));
}

TEST_F(DeviceModulesTest, AnAliasIsNotAskedForTwiceAtATime) {
  for (const char* alias : {"a", "a", "b", "c", "d", "e", "e", "a"}) modules_.Add(alias);
  EXPECT_THAT(started_,
              ElementsAre(ElementsAre("a"), ElementsAre("b"), ElementsAre("c"), ElementsAre("d")));
  EndFirstProcess();
  AwaitStarts(5);
  EXPECT_THAT(started_.back(), ElementsAre("e"));
  // Its process has ended: another device, perhaps after a module was unloaded.
  modules_.Add("a");
  EndFirstProcess();
  AwaitStarts(6);
  EXPECT_THAT(started_.back(), ElementsAre("a"));
}

TEST_F(DeviceModulesTest, OfTooManyDevices) {
  testing::internal::CaptureStderr();
  constexpr size_t kAll = DeviceModules::kMaxProcesses + DeviceModules::kMaxWaiting;
  for (size_t i = 0; i < kAll + 10; ++i) modules_.Add(absl::StrCat(i));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "device_modules_test: more than 1024 devices wait for their modules; the others get "
            "none\n");
  EndFirstProcess();
  AwaitStarts(5);
  EXPECT_THAT(started_.back(), SizeIs(DeviceModules::kMaxBatch));
}

}  // namespace
}  // namespace linuxkit
