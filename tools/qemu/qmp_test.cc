// The lines of QEMU are those that version 11.1 sends.
#include "tools/qemu/qmp.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

constexpr char kGreeting[] =
    R"({"QMP": {"version": {"qemu": {"micro": 2, "minor": 1, "major": 11}, "package": "Debian )"
    R"(1:11.1.2+ds-3"}, "capabilities": ["oob"]}})"
    "\r\n";
constexpr char kQueryStatus[] = "{\"execute\": \"query-status\"}\n";

std::string Status(std::string_view state, bool running) {
  return absl::StrCat(R"({"return": {"status": ")", state, R"(", "running": )",
                      running ? "true" : "false", "}}\r\n");
}
std::string Event(std::string_view event, std::string_view data) {
  return absl::StrCat(
      R"({"timestamp": {"seconds": 1796074300, "microseconds": 656161}, "event": ")", event,
      R"(", "data": )", data, "}\r\n");
}

// After greeting and first answers, with nothing left to send.
Qmp Running() {
  Qmp qmp;
  EXPECT_EQ(qmp.Receive(absl::StrCat(kGreeting, "{\"return\": {}}\r\n", Status("running", true))),
            absl::OkStatus());
  EXPECT_EQ(qmp.run_state(), "running");
  qmp.outgoing().clear();
  return qmp;
}

TEST(Qmp, GreetingIsAnswered) {
  Qmp qmp;
  EXPECT_EQ(qmp.outgoing(), "");
  ASSERT_EQ(qmp.Receive(kGreeting), absl::OkStatus());
  EXPECT_EQ(qmp.outgoing(), absl::StrCat("{\"execute\": \"qmp_capabilities\"}\n", kQueryStatus));
  EXPECT_EQ(qmp.run_state(), "");
}
TEST(Qmp, LinesInPieces) {
  Qmp qmp;
  const std::string lines = absl::StrCat(kGreeting, Status("running", true));
  for (const char byte : lines) ASSERT_EQ(qmp.Receive(std::string(1, byte)), absl::OkStatus());
  EXPECT_EQ(qmp.run_state(), "running");
}
TEST(Qmp, StopIsAskedFor) {
  for (const char* state : {"internal-error", "paused", "watchdog"}) {
    Qmp qmp = Running();
    ASSERT_EQ(qmp.Receive(Event("STOP", "{}")), absl::OkStatus());
    EXPECT_EQ(qmp.outgoing(), kQueryStatus);
    ASSERT_EQ(qmp.Receive(Status(state, false)), absl::OkStatus());
    EXPECT_EQ(qmp.run_state(), state);
    EXPECT_EQ(qmp.stop_detail(), "");
  }
}
TEST(Qmp, ResumeIsAskedFor) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Event("RESUME", "{}")), absl::OkStatus());
  EXPECT_EQ(qmp.outgoing(), kQueryStatus);
}
TEST(Qmp, WakeUpIsAskedFor) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Event("WAKEUP", "{}")), absl::OkStatus());
  EXPECT_EQ(qmp.outgoing(), kQueryStatus);
}
TEST(Qmp, DiskFull) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Event("BLOCK_IO_ERROR",
                              R"({"qom-path": "/machine/peripheral-anon/device[2]", "device": )"
                              R"("disk0", "node-name": "#block162", "operation": "write", )"
                              R"("action": "stop", "nospace": true, "reason": "No space left on )"
                              R"(device"})")),
            absl::OkStatus());
  EXPECT_EQ(qmp.stop_detail(), "disk0: write: No space left on device");
}
TEST(Qmp, Panic) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Event("GUEST_PANICKED", R"({"action": "pause"})")), absl::OkStatus());
  EXPECT_EQ(qmp.stop_detail(), "the guest's kernel panicked");
  EXPECT_EQ(qmp.outgoing(), kQueryStatus);
}
TEST(Qmp, Watchdog) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Event("WATCHDOG", R"({"action": "pause"})")), absl::OkStatus());
  EXPECT_EQ(qmp.stop_detail(), "the guest's watchdog expired");
}
TEST(Qmp, Shutdown) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Event("SHUTDOWN", R"({"guest": true, "reason": "guest-reset"})")),
            absl::OkStatus());
  EXPECT_EQ(qmp.shutdown_reason(), "guest-reset");
  EXPECT_EQ(qmp.outgoing(), "");
}
TEST(Qmp, Halts) {
  Qmp qmp = Running();
  qmp.AskHalts();
  EXPECT_EQ(qmp.outgoing(),
            "{\"execute\": \"query-stats\", \"arguments\": {\"target\": \"vcpu\", \"providers\": "
            "[{\"provider\": \"kvm\", \"names\": [\"halt_exits\"]}]}}\n");
  ASSERT_EQ(qmp.Receive(R"({"return": [{"provider": "kvm", "stats": [{"name": "irq_injections", )"
                        R"("value": 9}, {"name": "halt_exits", "value": 3}]}, {"provider": "kvm", )"
                        R"("stats": [{"name": "halt_exits", "value": 4}]}]})"
                        "\n"),
            absl::OkStatus());
  EXPECT_EQ(qmp.halts(), 7);
  EXPECT_EQ(qmp.run_state(), "running");
}
TEST(Qmp, QuestionThatAnOldQemuDoesNotKnow) {
  Qmp qmp = Running();
  EXPECT_EQ(qmp.Receive(R"({"error": {"class": "CommandNotFound", "desc": "The command query-stats)"
                        R"( has not been found"}})"
                        "\n"),
            absl::OkStatus());
  EXPECT_EQ(qmp.halts(), 0);
}
TEST(Qmp, NotJson) {
  EXPECT_EQ(Qmp().Receive("QEMU 11.1.2 monitor\n").message(),
            "QEMU's monitor sent a line that is not JSON: QEMU 11.1.2 monitor");
  EXPECT_EQ(Qmp().Receive("[\"\x1b[2J\"]\n").message(),
            "QEMU's monitor sent a line that is not JSON: [\\\"\\x1b[2J\\\"]");
}
TEST(Qmp, EndlessLine) {
  Qmp qmp;
  EXPECT_EQ(qmp.Receive(std::string(65536, 'a')), absl::OkStatus());
  EXPECT_EQ(qmp.Receive("a").message(),
            absl::StrCat("QEMU's monitor sent an endless line: ", std::string(200, 'a')));
}
TEST(Qmp, MembersOfOtherTypes) {
  for (const char* line :
       {R"({"event": 1})", R"({"event": "SHUTDOWN", "data": []})", R"({"return": {"status": 1}})",
        R"({"return": [1, {"stats": 1}, {"stats": [{"name": "halt_exits"}]}, )"
        R"({"stats": [{"name": "halt_exits", "value": -1}]}]})"}) {
    Qmp qmp = Running();
    EXPECT_EQ(qmp.Receive(absl::StrCat(line, "\n")), absl::OkStatus()) << line;
    EXPECT_EQ(qmp.run_state(), "running") << line;
    EXPECT_EQ(qmp.halts(), 0) << line;
  }
}
TEST(Qmp, LongTextsAreCutAndEscaped) {
  Qmp qmp = Running();
  ASSERT_EQ(qmp.Receive(Status(absl::StrCat(R"(a\nb)", std::string(300, 'x')), false)),
            absl::OkStatus());
  EXPECT_EQ(qmp.run_state(), absl::StrCat("a\\nb", std::string(197, 'x')));
}

}  // namespace
}  // namespace linuxkit
