#include "tools/qemu/silence_watch.h"

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using std::chrono::seconds;

// A limit of 20 s, and a clock that starts at 0 s.
class SilenceWatchTest : public testing::Test {
 protected:
  static SilenceWatch::Clock::time_point At(int second) {
    return SilenceWatch::Clock::time_point(seconds(second));
  }
  static Machine Direct(const std::string& cmdline) {
    Machine machine;
    machine.kernel = "k";
    machine.cmdline = cmdline;
    return machine;
  }
  SilenceWatch watch_{seconds(20), At(0)};
};

TEST_F(SilenceWatchTest, NothingComes) {
  EXPECT_FALSE(watch_.Due(At(19)));
  EXPECT_TRUE(watch_.Due(At(20)));
  EXPECT_EQ(watch_.Report(Direct("console=ttyS0 quiet"), "running"),
            "the console is silent for 20 s (tcg, run state running, last line: none); "
            "--kernel-arg=ignore_loglevel makes the kernel say more; Ctrl-A x ends the machine");
}
TEST_F(SilenceWatchTest, KernelWithoutAConsole) {
  EXPECT_EQ(watch_.Report(Direct("quiet"), ""),
            "the console is silent for 20 s (tcg, run state unknown, last line: none); "
            "--kernel-arg=console=ttyS0 gives the kernel a console; Ctrl-A x ends the machine");
}
TEST_F(SilenceWatchTest, FirmwareStaysSilent) {
  Machine machine;
  machine.accel = Accel::kKvm;
  EXPECT_EQ(watch_.Report(machine, "running"),
            "the console is silent for 20 s (kvm, run state running, last line: none); --gui shows "
            "the screen, where firmware may say more; Ctrl-A x ends the machine");
}
TEST_F(SilenceWatchTest, KernelStopsTalking) {
  watch_.Append("[    1.0] first\r\n[    1.1] \x1b[1mlast\r\n\r\n", At(5));
  EXPECT_FALSE(watch_.Due(At(24)));
  EXPECT_TRUE(watch_.Due(At(25)));
  EXPECT_EQ(
      watch_.Report(Direct("console=ttyS0"), "running"),
      "the console is silent for 20 s (tcg, run state running, last line: \"[    1.1] "
      "\\x1b[1mlast\"); --kernel-arg=ignore_loglevel makes the kernel say more; Ctrl-A x ends "
      "the machine");
  EXPECT_EQ(
      watch_.Report(Machine(), "running"),
      "the console is silent for 20 s (tcg, run state running, last line: \"[    1.1] "
      "\\x1b[1mlast\"); a kernel whose command line has no \"quiet\" says more; Ctrl-A x ends "
      "the machine");
}
TEST_F(SilenceWatchTest, ToldOnceForEachSilence) {
  EXPECT_TRUE(watch_.Due(At(20)));
  EXPECT_FALSE(watch_.Due(At(60)));
  EXPECT_EQ(watch_.next_time(), SilenceWatch::Clock::time_point::max());
  watch_.Append("[    1.0] late\n", At(60));
  EXPECT_EQ(watch_.next_time(), At(80));
}
// A line without an end is no prompt yet.
TEST_F(SilenceWatchTest, UnfinishedLine) {
  int second = 0;
  for (const char* line : {"L", "Booting from ROM...", "\x1b[2J\x1b[01;01H", "[    1.0] waiting"}) {
    watch_.Append(absl::StrCat("\n", line), At(second));
    EXPECT_EQ(watch_.next_time(), At(second + 20)) << line;
    second += 100;
  }
}
TEST_F(SilenceWatchTest, PromptIsNotDisturbed) {
  for (const char* prompt :
       {"myimage login: ", "/ # ", "/ # \x1b[6n", "\x1b[1mgrub> \x1b[0m", "boot:"}) {
    watch_.Append(absl::StrCat("\n", prompt), At(1));
    EXPECT_FALSE(watch_.Due(At(1000)));
  }
}
TEST_F(SilenceWatchTest, SystemThatIsUpIsNotDisturbed) {
  watch_.Append("init: 2 services running: dhcpcd, web\n", At(3));
  EXPECT_FALSE(watch_.Due(At(1000)));
  watch_.Append("[   99.0] a disk was plugged in\n", At(1000));
  EXPECT_FALSE(watch_.Due(At(2000)));
}
TEST_F(SilenceWatchTest, SystemThatIsUpBehindAPrompt) {
  watch_.Append("/ # \x1b[6ninit: 2 services running: getty, web\n", At(3));
  EXPECT_FALSE(watch_.Due(At(1000)));
}
TEST_F(SilenceWatchTest, LongLineIsCut) {
  watch_.Append(absl::StrCat(std::string(200, 'x'), "\n"), At(0));
  EXPECT_EQ(watch_.Report(Direct("console=ttyS0"), "running"),
            absl::StrCat("the console is silent for 20 s (tcg, run state running, last line: \"",
                         std::string(120, 'x'),
                         "\"); --kernel-arg=ignore_loglevel makes the kernel say more; Ctrl-A x "
                         "ends the machine"));
}

}  // namespace
}  // namespace linuxkit
