#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/loop/event_loop.h"
#include "runtime/loop/spawn.h"

namespace linuxkit {
namespace {

class LoopTest : public testing::Test {
 protected:
  std::vector<int> signals_;
  std::unique_ptr<EventLoop> loop_ =
      EventLoop::Create({SIGUSR1}, [this](int signal) { signals_.push_back(signal); }).value();
};

TEST_F(LoopTest, ExitStatusAndSignal) {
  EXPECT_EQ(RunProgram(*loop_, {.argv = {"/bin/sh", "-c", "exit 7"}}).value(), 7);
  EXPECT_EQ(RunProgram(*loop_, {.argv = {"/bin/sh", "-c", "kill -9 $$"}}).value(), 128 + 9);
  EXPECT_FALSE(EventLoop::HasChildren());
}

TEST_F(LoopTest, MissingProgram) {
  EXPECT_EQ(RunProgram(*loop_, {.argv = {"/no/such"}}).status().message(),
            "start /no/such: No such file or directory");
}

TEST_F(LoopTest, ChildSeesCleanSignalsAndItsOwnSession) {
  // SigBlk is the mask: SIGUSR1 and SIGCHLD are blocked in this process.
  const char* script =
      "grep -q '^SigBlk:[[:space:]]*0*$' /proc/self/status && test $(ps -o sid= -p $$) = $$";
  EXPECT_EQ(RunProgram(*loop_, {.argv = {"/bin/sh", "-c", script}}).value(), 0);
}

TEST_F(LoopTest, OutputGoesToTheGivenDescriptors) {
  Pipe pipe = MakePipe().value();
  const int out = pipe.write.get();
  const Program program{.argv = {"/bin/sh", "-c", "echo a; echo b >&2"}, .out = out, .err = out};
  ASSERT_EQ(RunProgram(*loop_, program).value(), 0);
  char text[16] = {};
  EXPECT_EQ(read(pipe.read.get(), text, sizeof(text)), 4);
  EXPECT_EQ(std::string(text), "a\nb\n");
}

TEST_F(LoopTest, SeveralChildrenEndAtOnce) {
  int ended = 0;
  for (int i = 0; i < 10; ++i) {
    const pid_t pid = Spawn({.argv = {"/bin/true"}}).value();
    loop_->OnExit(pid, [&ended](int) { ++ended; });
  }
  loop_->RunUntil([&ended] { return ended == 10; });
  EXPECT_FALSE(EventLoop::HasChildren());
}

TEST_F(LoopTest, SignalReachesTheHandler) {
  kill(getpid(), SIGUSR1);
  loop_->RunUntil([this] { return !signals_.empty(); });
  EXPECT_EQ(signals_, std::vector<int>{SIGUSR1});
}

TEST_F(LoopTest, GivesUpAtTheLimit) {
  EXPECT_FALSE(loop_->RunUntil([] { return false; }, std::chrono::milliseconds(1)));
}

TEST_F(LoopTest, UnwatchInsideACallback) {
  Pipe first = MakePipe().value();
  Pipe second = MakePipe().value();
  int calls = 0;
  const auto once = [&](uint32_t) {
    ++calls;
    loop_->Unwatch(first.read.get());
    loop_->Unwatch(second.read.get());
  };
  loop_->Watch(first.read.get(), EPOLLIN, once);
  loop_->Watch(second.read.get(), EPOLLIN, once);
  ASSERT_EQ(write(first.write.get(), "x", 1), 1);
  ASSERT_EQ(write(second.write.get(), "x", 1), 1);
  loop_->Settle();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace linuxkit
