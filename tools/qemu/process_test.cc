#include "tools/qemu/process.h"

#include <signal.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

// A script that starts another and waits for it; both have the same streams. The other waits for
// input, of which there is none.
class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<Process> started =
        Process::Start({"/bin/sh", "-c", "/bin/sh -c 'echo ready; read line'; :"},
                       {.stdin_fd = in_.first.get(), .stdout_fd = out_.second.get()});
    ASSERT_TRUE(started.ok()) << started.status();
    process_.emplace(std::move(*started));
    out_.second = FileDescriptor();
    ASSERT_EQ(Read(), "ready\n");
  }
  // Empty when nobody can write any more.
  std::string Read() const {
    char buffer[16];
    const ssize_t got = read(out_.first.get(), buffer, sizeof buffer);
    return std::string(buffer, got > 0 ? static_cast<size_t>(got) : 0);
  }

  DescriptorPair in_ = *MakePipe(), out_ = *MakePipe();
  std::optional<Process> process_;
};

TEST_F(ProcessTest, WhatItHasStartedEndsWithIt) {
  process_.reset();
  EXPECT_EQ(Read(), "");
}
TEST_F(ProcessTest, SignalTree) {
  process_->SignalTree(SIGTERM);
  EXPECT_EQ(process_->Wait().signal, SIGTERM);
  EXPECT_EQ(Read(), "");
}

}  // namespace
}  // namespace linuxkit
