// Drives whole boot tests against testdata/fake_qemu, a program that plays guests of every kind of
// misbehaviour.
#include "tools/qemu/boot_session.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/failure_report.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/run_boot_test.h"

namespace linuxkit {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char kFakeQemu[] = "tools/qemu/testdata/fake_qemu";
constexpr char kNonce[] = "0123456789abcdef0123456789abcdef";

struct Outcome {
  std::string verdict;
  std::string transcript;
  std::string kvm_problem;
  std::string report;
  std::string command;
};

// Deadlines that no good run needs to meet, so that a busy machine changes nothing.
SessionOptions Patient() {
  SessionOptions options;
  options.nonce = kNonce;
  return options;
}

// Deadlines for guests that never get there: only the phase that must time out is short.
SessionOptions Hasty(std::chrono::milliseconds SessionOptions::* limit) {
  SessionOptions options = Patient();
  options.*limit = std::chrono::milliseconds(300);
  return options;
}

// For guests under KVM that never show life. QEMU must have answered in that time.
constexpr LifeLimits kShortLife{.first = std::chrono::milliseconds(1500),
                                .progress = std::chrono::milliseconds(100)};

bool IsSilent(std::string_view mode) {
  return mode.ends_with("silent") || mode.ends_with("hangs-without-a-word");
}

Outcome Boot(const std::string& mode, const std::string& plan_json, const SessionOptions& options,
             Accel accel = Accel::kTcg) {
  const TestPlan plan = *ParseTestPlan("plan", plan_json);
  Machine machine;
  machine.qemu = kFakeQemu;
  machine.accel = accel;
  if (plan.boot.loads_kernel()) machine.kernel = plan.kernel;
  machine.smbios_texts = {absl::StrCat("fake=", mode)};
  if (plan.boot.loads_kernel()) machine.cmdline = absl::StrCat("fake=", mode);
  BootSession session(plan, machine, options);
  const absl::Status verdict = session.Run();
  return {.verdict = verdict.ok() ? "OK" : FailureLine(verdict),
          .transcript = session.transcript(),
          .kvm_problem = session.kvm_problem().text,
          .report = verdict.ok() ? PassReport(session, machine)
                                 : FailureReport(verdict, session, machine),
          .command = absl::StrJoin(session.argv(), " ")};
}

constexpr char kPlan[] = R"({"kernel": "k", "expect": ["myimage is up"],
    "ports": [{"port": 80, "path": "/x", "expect": "hello from GET /x"}],
    "commands": [{"container": "web", "shell": "true", "expect": "web ran: true"},
                 {"shell": "id", "expect": "^- ran: id$"}]})";
constexpr char kBarePlan[] = R"({"kernel": "k"})";

TEST(BootSession, GoodGuest) {
  const Outcome outcome = Boot("good", kPlan, Patient());
  EXPECT_EQ(outcome.verdict, "OK") << outcome.report;
  EXPECT_EQ(outcome.transcript,
            "< HELLO 2\n< ONBOOT 000-dhcpcd exited 0\n< SERVICE web started\n< READY\n< SETTLED\n"
            "> EXEC 1 web true\n< OUT 1 web ran\n< OUT 1 : true\\n\n< EXIT 1 0\n"
            "> EXEC 2 - id\n< OUT 2 - ran\n< OUT 2 : id\\n\n< EXIT 2 0\n"
            "> POWEROFF\n< SHUTDOWN poweroff\n< SERVICE web killed 15\n< UNMOUNTED clean\n< BYE\n");
}

struct Case {
  std::string mode;
  std::string verdict;
};
class BadMachine : public testing::TestWithParam<Case> {};
TEST_P(BadMachine, Fails) {
  const Outcome outcome = Boot(GetParam().mode, kBarePlan, Patient());
  EXPECT_EQ(outcome.verdict, GetParam().verdict);
}
std::vector<Case> BadMachines() {
  return {
      {"emulator-error",
       "FAIL [emulator]: QEMU ended with status 1: qemu-system-x86_64: could not load kernel"},
      {"crash", "FAIL [emulator]: QEMU ended with signal 11 (Segmentation fault): "},
      {"firmware-only",
       "FAIL [firmware]: the machine went off before a kernel wrote to the serial console"},
      {"panic",
       "FAIL [kernel]: the serial console says: [    1.000000] Kernel panic - not syncing: No "
       "working "
       "init found."},
      {"oops-later",
       "FAIL [kernel]: the serial console says: [    2.0] BUG: kernel NULL pointer dereference"},
      {"wrong-nonce",
       "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
       "\"00000000000000000000000000000000 HELLO 2\""},
      {"no-nonce",
       "FAIL [guest]: a line on the test channel does not begin with this test's nonce: \"HELLO "
       "2\""},
      {"before-hello", "FAIL [guest]: the guest sent \"READY\" before HELLO"},
      {"old-protocol",
       "FAIL [guest]: the guest speaks version \"1\" of the test protocol, this test version 2; "
       "build both from one version of the rules"},
      {"early-end",
       "FAIL [guest]: the machine went off before the test was over (a reboot counts as that); its "
       "last message was \"HELLO 2\""},
      {"onboot-failed",
       "FAIL [guest]: onboot container \"000-dhcpcd\" exited with status 7; its last output:\n"
       "    out: lease"},
      {"service-failed", "FAIL [guest]: service \"broken\" could not be started: no such file"},
      {"service-exited",
       "FAIL [guest]: service \"web\" exited with status 139 (128 + 11, Segmentation fault); its "
       "last output:\n    err: listening\n    err: \\x1b[31mbye"},
      {"reboots-itself", "FAIL [guest]: the guest shuts down (reboot) without being asked to"},
      {"reboots-instead", "FAIL [shutdown]: asked to power off, the guest does: reboot"},
      {"onshutdown-failed",
       "FAIL [shutdown]: onshutdown container \"000-save\" could not be started: no such file"},
      {"dirty", "FAIL [shutdown]: the guest could not unmount /var/my disk: it is busy"},
      {"no-bye",
       "FAIL [shutdown]: the machine went off before the guest said BYE; its last message was "
       "\"UNMOUNTED clean\""},
      {"after-bye", "FAIL [guest]: the guest sent \"READY\" after BYE"},
      {"bad-exit", "FAIL [emulator]: QEMU ended with status 3: "},
  };
}
INSTANTIATE_TEST_SUITE_P(BootSession, BadMachine, testing::ValuesIn(BadMachines()),
                         [](const auto& test) {
                           return absl::StrReplaceAll(test.param.mode, {{"-", "_"}});
                         });

TEST(BootSession, FailsAfterItWasReady) {
  EXPECT_EQ(
      Boot("fails-late", R"({"kernel": "k", "commands": [{"shell": "id"}]})", Patient()).verdict,
      "FAIL [guest]: service \"web\" was killed by signal 11 (Segmentation fault); its last "
      "output:\n    err: listening\n    err: \\x1b[31mbye");
}
// One boot tells of every container, line, port and command, and of what QEMU and the guest did.
TEST(BootSession, EverythingThatFails) {
  SessionOptions options = Patient();
  // Long enough for what is there to be heard.
  options.failed_limit = std::chrono::seconds(3);
  options.container_logs = absl::StrCat(testing::TempDir(), "/everything");
  const Outcome outcome = Boot("much-fails", R"({"kernel": "k", "expect": ["up", "never"],
      "forbid": ["myimage"], "ports": [{"port": 80, "status": 418}],
      "commands": [{"container": "web", "shell": "false"}, {"shell": "id"},
                   {"shell": "id", "expect": "root"}, {"shell": "false", "expect": "root"}]})",
                               options);
  EXPECT_EQ(
      absl::StrReplaceAll(outcome.verdict, {{"status 503", "status 200"},
                                            {"the connection was closed without an answer",
                                             "status 200, expected 418"}}),
      "FAIL [guest]: onboot container \"001-net\" could not be started: runc create failed: "
      "bad\\x1b[2Jname\n"
      "FAIL [guest]: service \"my svc\" could not be started: no such file\n"
      "FAIL [guest]: service \"crashes\" was killed by signal 11 (Segmentation fault); it wrote "
      "nothing\n"
      "FAIL [guest]: service \"exits\" exited with status 3; its last output:\n"
      "    err: I am broken\n"
      "FAIL [expectation]: the serial console has a line that matches the forbidden \"myimage\": "
      "myimage is up\n"
      "FAIL [expectation]: command \"false\" in web exited with status 1; its last output:\n"
      "    out: web ran: false\n"
      "FAIL [expectation]: command \"id\" exited with status 0, but its output does not match "
      "\"root\"; its last output:\n"
      "    out: - ran: id\n"
      "FAIL [expectation]: command \"false\" exited with status 1 and its output does not match "
      "\"root\"; its last output:\n"
      "    out: - ran: false\n"
      "FAIL [expectation]: after 3 s no line of the serial console matched \"never\"\n"
      "FAIL [expectation]: after 3 s port 80: GET /: status 200, expected 418");
  EXPECT_EQ(*ReadFile(absl::StrCat(options.container_logs, "/services/exits.log")),
            "I am broken\n");
}
TEST(BootSession, NeverSettled) {
  EXPECT_EQ(Boot("never-settled", kBarePlan, Hasty(&SessionOptions::assert_limit)).verdict,
            "FAIL [guest]: after 0.3 s the guest has not said which services go on running; its "
            "last message was \"READY\"");
}
TEST(BootSession, SilentMachine) {
  EXPECT_EQ(
      Boot("silent", kBarePlan, Hasty(&SessionOptions::ready_limit)).verdict,
      absl::StrCat("FAIL [firmware]: after 0.3 s the kernel has written nothing to the serial "
                   "console (tcg, run state running); does the command line \"fake=silent "
                   "linuxkit.test=",
                   kNonce, "\" have console=ttyS0?"));
}
TEST(BootSession, SilentMachineThatHasAConsole) {
  const TestPlan plan = *ParseTestPlan("plan", kBarePlan);
  Machine machine;
  machine.qemu = kFakeQemu;
  machine.kernel = "k";
  machine.cmdline = "fake=silent console=ttyS0";
  BootSession session(plan, machine, Hasty(&SessionOptions::ready_limit));
  EXPECT_EQ(
      FailureLine(session.Run()),
      absl::StrCat("FAIL [firmware]: after 0.3 s the kernel has written nothing to the serial "
                   "console (tcg, run state running); the command line \"fake=silent console=ttyS0 "
                   "linuxkit.test=",
                   kNonce,
                   "\" has console=ttyS0, so it is slow or hangs; a test of a slow host gets more "
                   "time with --@rules_linuxkit//rules/settings:test_deadline_percent=300"));
}
TEST(BootSession, BannerWithoutChannel) {
  EXPECT_EQ(Boot("banner-only", kPlan, Hasty(&SessionOptions::ready_limit)).verdict,
            "FAIL [deadline]: after 0.3 s the guest is not ready; it never said HELLO on the test "
            "channel (is PID 1 //runtime:init, and does the kernel have virtio_console?)");
}
// It still goes down when it is asked to, and so tells what its containers wrote.
TEST(BootSession, NeverReady) {
  SessionOptions options = Hasty(&SessionOptions::ready_limit);
  options.container_logs = absl::StrCat(testing::TempDir(), "/never-ready");
  EXPECT_EQ(
      Boot("never-ready", kPlan, options).verdict,
      "FAIL [deadline]: after 0.3 s the guest is not ready; its last message was \"HELLO 2\"");
  EXPECT_EQ(*ReadFile(absl::StrCat(options.container_logs, "/onboot/000-dhcpcd.out.log")),
            "lease\n");
}
TEST(BootSession, NeverReadyAndDeaf) {
  SessionOptions options = Hasty(&SessionOptions::ready_limit);
  options.shutdown_limit = options.ready_limit;
  EXPECT_EQ(
      Boot("deaf", kPlan, options).verdict,
      "FAIL [deadline]: after 0.3 s the guest is not ready; its last message was \"HELLO 2\"\n"
      "FAIL [shutdown]: after 0.3 s the machine is still on, though asked to go off; its last "
      "message was \"HELLO 2\"");
}
TEST(BootSession, BannerButServiceNeverAnswers) {
  EXPECT_EQ(Boot("no-answer", kPlan, Hasty(&SessionOptions::assert_limit)).verdict,
            "FAIL [expectation]: after 0.3 s port 80: GET /x: connect: Connection refused");
}
TEST(BootSession, WrongAnswer) {
  const std::string plan = R"({"kernel": "k", "ports": [{"port": 80, "expect": "goodbye"}]})";
  SessionOptions options = Patient();
  options.assert_limit = std::chrono::seconds(2);
  EXPECT_EQ(Boot("good", plan, options).verdict,
            "FAIL [expectation]: after 2 s port 80: GET /: the body does not match \"goodbye\": "
            "hello from GET /\\n");
}
TEST(BootSession, TcpService) {
  const std::string plan =
      R"({"kernel": "k", "ports": [{"port": 22, "protocol": "tcp", "expect": "^SSH-2"}]})";
  EXPECT_EQ(Boot("speaks-first", plan, Patient()).verdict, "OK");
}
TEST(BootSession, LineNeverAppears) {
  EXPECT_EQ(Boot("good", R"({"kernel": "k", "expect": ["up", "never", "not [0-9]"]})",
                 Hasty(&SessionOptions::assert_limit))
                .verdict,
            "FAIL [expectation]: after 0.3 s no line of the serial console matched \"never\"\n"
            "FAIL [expectation]: after 0.3 s no line of the serial console matched \"not [0-9]\"");
}
TEST(BootSession, CommandFails) {
  EXPECT_EQ(Boot("good", R"({"kernel": "k", "commands": [{"container": "web", "shell": "false"}]})",
                 Patient())
                .verdict,
            "FAIL [expectation]: command \"false\" in web exited with status 1; its last output:\n"
            "    out: web ran: false");
}
TEST(BootSession, CommandOutputDiffers) {
  EXPECT_EQ(
      Boot("good", R"({"kernel": "k", "commands": [{"shell": "id", "expect": "root"}]})", Patient())
          .verdict,
      "FAIL [expectation]: command \"id\" exited with status 0, but its output does not match "
      "\"root\"; its last output:\n    out: - ran: id");
}
TEST(BootSession, ForbiddenByThePlan) {
  EXPECT_EQ(Boot("good", R"({"kernel": "k", "forbid": ["myimage"]})", Patient()).verdict,
            "FAIL [expectation]: the serial console has a line that matches the forbidden "
            "\"myimage\": myimage is up");
}
// KVM that does not run its guest.
struct KvmCase {
  std::string mode;
  std::string problem;
};
class BrokenKvm : public testing::TestWithParam<KvmCase> {};
TEST_P(BrokenKvm, IsToldFromItsGuest) {
  SessionOptions options = Patient();
  if (IsSilent(GetParam().mode)) options.life = kShortLife;
  const Outcome outcome = Boot(GetParam().mode, kBarePlan, options, Accel::kKvm);
  EXPECT_EQ(outcome.kvm_problem, GetParam().problem);
  EXPECT_EQ(outcome.verdict, absl::StrCat("FAIL [emulator]: ", GetParam().problem,
                                          "; to run it without KVM: "
                                          "--@rules_linuxkit//rules/settings:test_accel=tcg"));
}
INSTANTIATE_TEST_SUITE_P(
    BootSession, BrokenKvm,
    testing::Values(
        KvmCase{"internal-error",
                "KVM stopped a guest with run state internal-error: KVM internal error. Suberror: "
                "1"},
        KvmCase{"silent", "a guest under KVM showed no sign of life for 1.5 s, run state running"},
        KvmCase{"hangs-without-a-word", "a guest under KVM showed no sign of life for 1.5 s"},
        KvmCase{"no-kvm",
                "QEMU ended with status 1 before its guest showed life under KVM: "
                "qemu-system-x86_64: failed to initialize kvm: Permission denied"},
        KvmCase{"triple-fault", "QEMU ended with status 0 before its guest showed life under KVM"}),
    [](const auto& test) { return absl::StrReplaceAll(test.param.mode, {{"-", "_"}}); });

TEST(BootSession, GoodGuestUnderKvm) {
  const Outcome outcome = Boot("good", kPlan, Patient(), Accel::kKvm);
  EXPECT_EQ(outcome.verdict, "OK") << outcome.report;
  EXPECT_EQ(outcome.kvm_problem, "");
}
TEST(BootSession, NoChannelAndBrokenKvm) {
  EXPECT_EQ(Boot("internal-error", R"({"kernel": "k", "channel": "none", "expect": ["up"]})",
                 Patient(), Accel::kKvm)
                .kvm_problem,
            "KVM stopped a guest with run state internal-error: KVM internal error. Suberror: 1");
}

// A guest that stops is not waited for, under any accelerator.
struct StopCase {
  std::string mode;
  Accel accel;
  std::string verdict;
};
class StoppedGuest : public testing::TestWithParam<StopCase> {};
TEST_P(StoppedGuest, IsReported) {
  const Outcome outcome = Boot(GetParam().mode, kBarePlan, Patient(), GetParam().accel);
  EXPECT_EQ(outcome.verdict, GetParam().verdict);
  EXPECT_EQ(outcome.kvm_problem, "");
}
INSTANTIATE_TEST_SUITE_P(
    BootSession, StoppedGuest,
    testing::Values(
        StopCase{"guest-panicked", Accel::kTcg,
                 "FAIL [kernel]: the guest stands still, run state guest-panicked (the guest's "
                 "kernel panicked)"},
        StopCase{"disk-full", Accel::kTcg,
                 "FAIL [emulator]: the guest stands still, run state io-error (disk0: write: No "
                 "space left on device)"},
        StopCase{"disk-full", Accel::kKvm,
                 "FAIL [emulator]: the guest stands still, run state io-error (disk0: write: No "
                 "space left on device)"},
        StopCase{"internal-error-later", Accel::kKvm,
                 "FAIL [emulator]: the guest stands still, run state internal-error: KVM internal "
                 "error. Suberror: 1"}),
    [](const auto& test) {
      return absl::StrCat(absl::StrReplaceAll(test.param.mode, {{"-", "_"}}), "_",
                          AccelName(test.param.accel));
    });

TEST(BootSession, HangsAtShutdown) {
  EXPECT_EQ(
      Boot("hangs-at-shutdown", kBarePlan, Hasty(&SessionOptions::shutdown_limit)).verdict,
      "FAIL [shutdown]: after 0.3 s the machine is still on, though asked to go off; its last "
      "message was \"SETTLED\"");
}
TEST(BootSession, MissingEmulator) {
  const TestPlan plan = *ParseTestPlan("plan", kBarePlan);
  Machine machine;
  machine.qemu = "/none/qemu";
  BootSession session(plan, machine, Patient());
  EXPECT_EQ(FailureLine(session.Run()),
            "FAIL [emulator]: cannot execute /none/qemu: No such file or directory");
}

constexpr char kMediumPlan[] = R"({"boot": "iso", "boot_files": ["i"]})";

TEST(BootSession, MediumGuestGetsItsNonceFromSmbios) {
  const Outcome outcome = Boot("good", kMediumPlan, Patient());
  EXPECT_EQ(outcome.verdict, "OK") << outcome.report;
  EXPECT_THAT(outcome.command,
              HasSubstr(absl::StrCat("-smbios type=11,value=linuxkit.test=", kNonce)));
}
TEST(BootSession, NothingBootable) {
  EXPECT_EQ(Boot("nothing-bootable", kMediumPlan, Patient()).verdict,
            "FAIL [firmware]: the firmware found nothing to boot: No bootable device.");
}
TEST(BootSession, SilentMedium) {
  EXPECT_EQ(Boot("silent", kMediumPlan, Hasty(&SessionOptions::ready_limit)).verdict,
            "FAIL [firmware]: after 0.3 s nothing but the firmware has written to the serial "
            "console (tcg, run state running); does it boot the medium, and has the command line "
            "console=ttyS0?");
}

constexpr char kRefusedPlan[] =
    R"({"boot": "uki", "boot_files": ["u"], "refused": ["failed to load .*: Access Denied"]})";

TEST(BootSession, RefusedAsExpected) {
  const Outcome outcome = Boot("refused", kRefusedPlan, Hasty(&SessionOptions::refused_watch));
  EXPECT_EQ(outcome.verdict, "OK") << outcome.report;
}
TEST(BootSession, RefusedByTheKernelWhichPanics) {
  const Outcome outcome = Boot("refused-by-kernel", kRefusedPlan, Patient());
  EXPECT_EQ(outcome.verdict, "OK") << outcome.report;
}
TEST(BootSession, RefusedButRuns) {
  EXPECT_EQ(
      Boot("refused-but-runs", kRefusedPlan, Patient()).verdict,
      "FAIL [expectation]: the guest runs, though its boot should have been refused; it said: "
      "< HELLO 2");
}
TEST(BootSession, BootsInsteadOfBeingRefused) {
  EXPECT_EQ(
      Boot("good", kRefusedPlan, Patient()).verdict,
      "FAIL [expectation]: the guest runs, though its boot should have been refused; it said: "
      "< HELLO 2");
}
TEST(BootSession, RefusedWithoutAWord) {
  EXPECT_EQ(Boot("refused-quietly", kRefusedPlan, Patient()).verdict,
            "FAIL [expectation]: the machine went off, and no line of the serial console matched "
            "\"failed to load .*: Access Denied\"");
}
TEST(BootSession, RefusalNeverComes) {
  EXPECT_EQ(
      Boot("silent", kRefusedPlan, Hasty(&SessionOptions::ready_limit)).verdict,
      "FAIL [expectation]: after 0.3 s no line of the serial console matched \"failed to load "
      ".*: Access Denied\"");
}

constexpr char kConsolePlan[] = R"({"kernel": "k", "channel": "console",
    "commands": [{"shell": "echo 'it'\"'\"'s' here; exit 0", "expect": "^it's here$"},
                 {"shell": "printf no-newline", "expect": "^no-newline$"}]})";

TEST(BootSession, ConsoleShell) {
  const Outcome outcome = Boot("console", kConsolePlan, Patient());
  EXPECT_EQ(outcome.verdict, "OK") << outcome.report;
}
TEST(BootSession, ConsoleCommandFails) {
  EXPECT_EQ(
      Boot("console",
           R"({"kernel": "k", "channel": "console", "commands": [{"shell": "echo a; exit 4"}]})",
           Patient())
          .verdict,
      "FAIL [expectation]: command \"echo a; exit 4\" exited with status 4; its last output:\n"
      "    out: a");
}
TEST(BootSession, EchoedCommandIsNoResult) {
  EXPECT_EQ(
      Boot("console-echo-only", kConsolePlan, Hasty(&SessionOptions::ready_limit)).verdict,
      "FAIL [deadline]: after 0.3 s the guest is not ready; the shell on the console did not run "
      "a command");
}
TEST(BootSession, ConsoleWithoutShell) {
  EXPECT_EQ(Boot("banner-only", kConsolePlan, Hasty(&SessionOptions::ready_limit)).verdict,
            "FAIL [deadline]: after 0.3 s the guest is not ready; no shell prompt on the console "
            "matched \"[#$] ?$\"");
}
TEST(BootSession, ConsoleMachineVanishes) {
  EXPECT_EQ(
      Boot("console-vanishes", kConsolePlan, Patient()).verdict,
      "FAIL [shutdown]: the machine went off, but its kernel never said \"reboot: Power down\"");
}

TEST(BootSession, NoChannel) {
  EXPECT_EQ(Boot("no-channel", R"({"kernel": "k", "channel": "none", "expect": ["up"]})", Patient())
                .verdict,
            "OK");
}
// Whoever turned it on.
TEST(BootSession, ChannelThatShouldBeOff) {
  constexpr char kOff[] = R"({"kernel": "k", "channel": "off", "expect": ["up"]})";
  EXPECT_EQ(Boot("no-channel", kOff, Patient()).verdict, "OK");
  EXPECT_EQ(Boot("wrong-nonce", kOff, Patient()).verdict,
            "FAIL [expectation]: the guest opened the test channel, which should be off; it said: "
            "00000000000000000000000000000000 HELLO 2");
}
TEST(BootSession, NoChannelAndEarlyEnd) {
  EXPECT_EQ(
      Boot("firmware-only", R"({"kernel": "k", "channel": "none", "expect": ["up"]})", Patient())
          .verdict,
      "FAIL [firmware]: the machine went off before a kernel wrote to the serial console");
}

TEST(FailureReport, NamesEverything) {
  const std::string report = Boot("panic", kBarePlan, Patient()).report;
  EXPECT_TRUE(report.starts_with("FAIL [kernel]: ")) << report;
  for (const char* part :
       {"\ncommand: tools/qemu/testdata/fake_qemu -nodefaults",
        "\nversion: QEMU emulator version 0.0 (fake)\n", "\naccelerator: tcg\n",
        "\nmemory: 1024 MiB\n", "\nhost load: ", " CPUs\n", "--- output of QEMU: nothing\n",
        "--- last lines of the serial console:\n[    0.000000] Linux version fake\n",
        "---[ end ]---\n"}) {
    EXPECT_NE(report.find(part), std::string::npos) << part << "\nnot in\n" << report;
  }
}

TEST(PassReport, SaysWhatRan) {
  const std::string report = Boot("good", kBarePlan, Patient()).report;
  EXPECT_THAT(report,
              MatchesRegex("PASS: ready after [0-9]+\\.[0-9] s, accelerator tcg, 1024 MiB of "
                           "memory\nservices: web runs\n"));
}
TEST(PassReport, GuestThatDoesNotSay) {
  const std::string report =
      Boot("no-channel", R"({"kernel": "k", "channel": "none"})", Patient()).report;
  EXPECT_THAT(report,
              MatchesRegex("PASS: ready after [0-9]+\\.[0-9] s, accelerator tcg, 1024 MiB of "
                           "memory\n"));
}

TEST(RunBootTest, KeepsLogs) {
  const std::string dir = testing::TempDir();
  const TestPlan plan = *ParseTestPlan("plan", R"({"kernel": "k", "kernel_args": ["fake=good"]})");
  TestEnvironment environment;
  environment.qemu = kFakeQemu;
  environment.temp_dir = dir;
  environment.outputs_dir = dir;
  ASSERT_EQ(RunBootTest(plan, environment), absl::OkStatus());
  EXPECT_EQ(*ReadFile(absl::StrCat(dir, "/serial.log")),
            "[    0.000000] Linux version fake\nmyimage is up\n");
  EXPECT_NE(ReadFile(absl::StrCat(dir, "/channel.log"))->find("> POWEROFF\n"), std::string::npos);
  EXPECT_EQ(*ReadFile(absl::StrCat(dir, "/logs/onboot/000-dhcpcd.out.log")), "lease\n");
  EXPECT_EQ(*ReadFile(absl::StrCat(dir, "/logs/onboot/000-dhcpcd.log")), "");
  EXPECT_EQ(*ReadFile(absl::StrCat(dir, "/logs/services/web.out.log")), "");
  EXPECT_EQ(*ReadFile(absl::StrCat(dir, "/logs/services/web.log")), "listening\n\x1b[31mbye\n");
}

// A boot test that chooses its accelerator itself. KVM is there, as far as a device goes.
class AutomaticAccel : public testing::Test {
 protected:
  AutomaticAccel() {
    environment_.qemu = kFakeQemu;
    environment_.temp_dir = absl::StrCat(testing::TempDir(), "/automatic");
    ForgetEverything();
    environment_.kvm_device = "/dev/null";
  }
  void ForgetEverything() const {
    std::filesystem::remove_all(environment_.temp_dir);
    std::filesystem::create_directory(environment_.temp_dir);
  }
  // The verdict behind what was said.
  std::string BootSaying(const std::string& mode, std::string_view accel) {
    const std::string json = absl::StrCat(R"({"kernel": "k", "kernel_args": ["fake=)", mode,
                                          R"("], "accel": ")", accel, R"("})");
    environment_.life = IsSilent(mode) ? kShortLife : LifeLimits();
    testing::internal::CaptureStderr();
    const absl::Status verdict = RunBootTest(*ParseTestPlan("plan", json), environment_);
    const std::string said = testing::internal::GetCapturedStderr();
    return absl::StrCat(said.substr(0, said.find("\ncommand: ")), verdict.ok() ? "OK" : "");
  }
  TestEnvironment environment_;
};

TEST_F(AutomaticAccel, FallsBackAndRemembers) {
  const struct {
    const char* mode;
    const char* problem;
  } cases[] = {
      {"kvm-internal-error",
       "KVM stopped a guest with run state internal-error: KVM internal error. Suberror: 1"},
      {"kvm-silent", "a guest under KVM showed no sign of life for 1.5 s, run state running"},
      {"kvm-hangs-without-a-word", "a guest under KVM showed no sign of life for 1.5 s"},
      {"kvm-no-kvm",
       "QEMU ended with status 1 before its guest showed life under KVM: qemu-system-x86_64: "
       "failed to initialize kvm: Permission denied"},
      {"kvm-triple-fault", "QEMU ended with status 0 before its guest showed life under KVM"},
  };
  for (const auto& [mode, problem] : cases) {
    EXPECT_EQ(BootSaying(mode, "auto"),
              absl::StrCat("boot_test: ", problem, "; starting the same machine under TCG\nOK"));
    EXPECT_EQ(
        BootSaying(mode, "auto"),
        absl::StrCat("boot_test: using TCG (slower), as in an earlier run: ", problem, "\nOK"));
    // KVM that is asked for is not replaced.
    EXPECT_EQ(BootSaying(mode, "kvm"),
              absl::StrCat("FAIL [emulator]: ", problem,
                           "; to run it without KVM: "
                           "--@rules_linuxkit//rules/settings:test_accel=tcg"));
    ForgetEverything();
  }
}
TEST_F(AutomaticAccel, TakesKvmThatWorks) {
  EXPECT_EQ(BootSaying("good", "auto"), "OK");
  EXPECT_EQ(BootSaying("kvm-silent", "tcg"), "OK");
}
TEST_F(AutomaticAccel, WhatTcgDoesNotRunEitherIsNotHeldAgainstKvm) {
  EXPECT_EQ(BootSaying("emulator-error", "auto"),
            "boot_test: QEMU ended with status 1 before its guest showed life under KVM: "
            "qemu-system-x86_64: could not load kernel; starting the same machine under TCG\n"
            "FAIL [emulator]: QEMU ended with status 1: qemu-system-x86_64: could not load kernel");
  EXPECT_EQ(BootSaying("good", "auto"), "OK");
}
TEST_F(AutomaticAccel, IsWhatOtherTestsLearned) {
  environment_.accel_dir = environment_.temp_dir;
  BootSaying("kvm-internal-error", "auto");
  environment_.temp_dir = testing::TempDir();
  EXPECT_EQ(BootSaying("kvm-internal-error", "auto"),
            "boot_test: using TCG (slower), as in an earlier run: KVM stopped a guest with run "
            "state internal-error: KVM internal error. Suberror: 1\nOK");
}
TEST_F(AutomaticAccel, VariableWinsOverThePlan) {
  environment_.accel = AccelChoice::kTcg;
  EXPECT_EQ(BootSaying("kvm-silent", "kvm"), "OK");
}

TEST(TestEnvironment, Defaults) {
  const TestEnvironment environment = *ReadTestEnvironment([](const char*) { return nullptr; });
  EXPECT_EQ(environment.accel, std::nullopt);
  EXPECT_EQ(environment.deadline_scale, 1);
}
TEST(TestEnvironment, LimitStaysBelowBazels) {
  const TestEnvironment environment = *ReadTestEnvironment([](const char* name) {
    const std::string_view wanted = name;
    if (wanted == "TEST_TIMEOUT") return "60";
    return wanted == "LINUXKIT_TEST_DEADLINE_SCALE" ? "2" : nullptr;
  });
  const TestPlan plan = *ParseTestPlan("plan", R"({"kernel": "k", "deadline_scale": 3})");
  const SessionOptions options = SessionLimits(plan, environment);
  EXPECT_EQ(options.whole_limit, std::chrono::seconds(54));
  EXPECT_EQ(options.ready_limit, std::chrono::seconds(360));
}
TEST(TestEnvironment, FirmwareGetsMoreTime) {
  const auto limit = [](const std::string& plan) {
    return SessionLimits(*ParseTestPlan("plan", plan), {}).ready_limit;
  };
  EXPECT_EQ(limit(kBarePlan), std::chrono::seconds(60));
  EXPECT_EQ(limit(kMediumPlan), std::chrono::seconds(120));
  EXPECT_EQ(limit(kRefusedPlan), std::chrono::seconds(180));
}
TEST(TestEnvironment, BadScale) {
  EXPECT_EQ(ReadTestEnvironment([](const char* name) {
              return std::string_view(name) == "LINUXKIT_TEST_DEADLINE_SCALE" ? "fast" : nullptr;
            })
                .status()
                .message(),
            "LINUXKIT_TEST_DEADLINE_SCALE=fast: expected a number above 0 and up to 1000");
}
TEST(TestEnvironment, Accel) {
  const TestEnvironment environment = *ReadTestEnvironment([](const char* name) {
    return std::string_view(name) == "LINUXKIT_TEST_ACCEL" ? "kvm" : nullptr;
  });
  EXPECT_EQ(environment.accel, AccelChoice::kKvm);
}
TEST(TestEnvironment, BadAccel) {
  EXPECT_EQ(ReadTestEnvironment([](const char* name) {
              return std::string_view(name) == "LINUXKIT_TEST_ACCEL" ? "xen" : nullptr;
            })
                .status()
                .message(),
            "LINUXKIT_TEST_ACCEL=xen: unknown accelerator; expected auto, kvm, tcg or hvf");
}

}  // namespace
}  // namespace linuxkit
