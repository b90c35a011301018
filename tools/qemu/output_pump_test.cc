#include "tools/qemu/output_pump.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

// A pump between two pipes.
class OutputPumpTest : public testing::Test {
 protected:
  OutputPumpTest() : in_(*MakePipe()), out_(*MakePipe()) {
    fcntl(out_.first.get(), F_SETFL, O_NONBLOCK);
    fcntl(out_.second.get(), F_SETFL, O_NONBLOCK);
  }
  void Send(const std::string& bytes) {
    ASSERT_EQ(write(in_.second.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  std::string Received() {
    std::string all(1 << 20, '\0');
    const ssize_t got = read(out_.first.get(), all.data(), all.size());
    all.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return all;
  }
  DescriptorPair in_, out_;
};

TEST_F(OutputPumpTest, PassesOn) {
  OutputPump pump(std::move(in_.first), out_.second.get());
  EXPECT_EQ(pump.Step(), "");
  EXPECT_EQ(pump.entry().events, POLLIN);
  Send("hello");
  EXPECT_EQ(pump.Step(), "hello");
  EXPECT_EQ(Received(), "hello");
}
TEST_F(OutputPumpTest, WaitsForASlowReader) {
  const int room = fcntl(out_.second.get(), F_SETPIPE_SZ, 4096);
  OutputPump pump(std::move(in_.first), out_.second.get());
  const std::string bytes(static_cast<size_t>(room) + 1, 'x');
  Send(bytes);
  std::string seen = pump.Drain();
  EXPECT_EQ(pump.entry().fd, out_.second.get());
  EXPECT_EQ(pump.entry().events, POLLOUT);
  std::string received = Received();
  seen += pump.Drain();
  received += Received();
  EXPECT_EQ(seen, bytes);
  EXPECT_EQ(received, bytes);
}
TEST_F(OutputPumpTest, HoldsBack) {
  OutputPump pump(std::move(in_.first), out_.second.get());
  pump.HoldBack();
  Send("first ");
  EXPECT_EQ(pump.Drain(), "first ");
  EXPECT_EQ(Received(), "");
  pump.Release();
  Send("second");
  EXPECT_EQ(pump.Drain(), "second");
  EXPECT_EQ(Received(), "first second");
}
TEST_F(OutputPumpTest, GoesOnWhenNobodyReads) {
  signal(SIGPIPE, SIG_IGN);
  OutputPump pump(std::move(in_.first), out_.second.get());
  out_.first = FileDescriptor();
  for (int i = 0; i < 3; ++i) {
    Send("x");
    EXPECT_EQ(pump.Drain(), "x");
    EXPECT_EQ(pump.entry().events, POLLIN);
  }
}
TEST_F(OutputPumpTest, EndOfTheSource) {
  OutputPump pump(std::move(in_.first), out_.second.get());
  Send("last");
  in_.second = FileDescriptor();
  EXPECT_EQ(pump.Drain(), "last");
  EXPECT_EQ(pump.entry().fd, -1);
}
TEST_F(OutputPumpTest, NoSource) {
  OutputPump pump(FileDescriptor(), out_.second.get());
  EXPECT_EQ(pump.Drain(), "");
  EXPECT_EQ(pump.entry().fd, -1);
}

}  // namespace
}  // namespace linuxkit
