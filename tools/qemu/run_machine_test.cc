// The runner with testdata/fake_qemu: what KVM does not run, what stops, and what a person is told.
#include "tools/qemu/run_machine.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/process.h"
#include "tools/qemu/run_image.h"
#include "tools/qemu/run_options.h"

namespace linuxkit {
namespace {

constexpr char kFakeQemu[] = "tools/qemu/testdata/fake_qemu";

// For guests under KVM that never show life. QEMU must have answered in that time.
constexpr LifeLimits kShortLife{.first = std::chrono::milliseconds(1500),
                                .progress = std::chrono::milliseconds(100)};

// Stands before the machine: has its standard error stream, and its keyboard until `enough` is
// read.
class Person {
 public:
  explicit Person(std::string enough)
      : enough_(std::move(enough)), in_(*MakePipe()), err_(*MakePipe()) {
    saved_in_ = FileDescriptor(dup(STDIN_FILENO));
    saved_err_ = FileDescriptor(dup(STDERR_FILENO));
    dup2(in_.first.get(), STDIN_FILENO);
    dup2(err_.second.get(), STDERR_FILENO);
    err_.second = FileDescriptor();
    reader_ = std::thread([this] { Read(); });
  }
  // What was read in the end.
  std::string Finish() {
    dup2(saved_in_.get(), STDIN_FILENO);
    dup2(saved_err_.get(), STDERR_FILENO);
    reader_.join();
    return text_;
  }

 private:
  void Read() {
    char buffer[4096];
    for (ssize_t got; (got = read(err_.first.get(), buffer, sizeof buffer)) > 0;) {
      text_.append(buffer, static_cast<size_t>(got));
      if (text_.find(enough_) != text_.npos) in_.second = FileDescriptor();
    }
  }

  const std::string enough_;
  DescriptorPair in_, err_;
  FileDescriptor saved_in_, saved_err_;
  std::string text_;
  std::thread reader_;
};

class RunMachineTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directory(dir_);
    for (const char* name : {"kernel", "initrd"}) {
      ASSERT_EQ(WriteFile(absl::StrCat(dir_, "/", name), "x"), absl::OkStatus());
    }
    options_.qemu = kFakeQemu;
    options_.kernel = absl::StrCat(dir_, "/kernel");
    options_.initrd = absl::StrCat(dir_, "/initrd");
    options_.state_dir = dir_;
    options_.kvm_device = "/dev/null";
  }
  // Waits for the detached guest that a run has told of: it writes to the console's file, as the
  // next one does.
  static void AwaitGuest(std::string_view said) {
    const size_t start = said.find("pid: ");
    int pid = 0;
    ASSERT_NE(start, said.npos) << said;
    ASSERT_TRUE(absl::SimpleAtoi(said.substr(start + 5, said.find('\n', start) - start - 5), &pid));
    AwaitEnd(OpenProcess(pid));
  }
  void ForgetVerdicts() {
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
      if (entry.path().filename().string().starts_with("kvm-problem")) {
        std::filesystem::remove(entry.path());
      }
    }
  }
  // What is said, then the console, then the exit code or the error.
  std::string Run(std::string_view mode, AccelChoice accel) {
    const bool silent =
        mode.ends_with("silent") || mode.ends_with("at-once") || mode.ends_with("without-a-word");
    options_.life = silent ? kShortLife : LifeLimits();
    options_.kernel_args = {absl::StrCat("fake=", mode)};
    options_.accel = accel;
    testing::internal::CaptureStdout();
    Person person(enough_);
    const absl::StatusOr<int> code = RunImage(options_);
    const std::string said = person.Finish();
    const std::string console = testing::internal::GetCapturedStdout();
    const std::string end =
        code.ok() ? absl::StrCat(*code) : absl::StrCat("error: ", code.status().message());
    return absl::StrReplaceAll(absl::StrCat(said, console, end), {{dir_, "DIR"}});
  }

  std::string dir_;
  std::string enough_ = "ends the machine";
  RunOptions options_;
};

constexpr char kWords[] =
    "qemu-system-x86_64: warning: host doesn't support requested feature\n"
    "KVM internal error. Suberror: 1\nextra data[0]: 0x0000000000000001\nemulation failure\n";
constexpr char kConsole[] = "[    0.000000] Linux version fake\nup\n";

struct KvmCase {
  std::string mode;
  std::string problem;
  std::string problem_detached;
};
const KvmCase kKvmCases[] = {
    {"kvm-internal-error",
     "KVM stopped a guest with run state internal-error: KVM internal error. Suberror: 1",
     "KVM stopped a guest with run state internal-error"},
    {"kvm-internal-error-later",
     "KVM stopped a guest with run state internal-error: KVM internal error. Suberror: 1", ""},
    {"kvm-silent", "a guest under KVM showed no sign of life for 1.5 s, run state running",
     "a guest under KVM showed no sign of life for 1.5 s, run state running"},
    {"kvm-hangs-without-a-word", "a guest under KVM showed no sign of life for 1.5 s",
     "a guest under KVM showed no sign of life for 1.5 s"},
    {"kvm-no-kvm",
     "QEMU ended with status 1 before its guest showed life under KVM: qemu-system-x86_64: failed "
     "to initialize kvm: Permission denied",
     "QEMU ended with status 1 before its guest showed life under KVM: qemu-system-x86_64: failed "
     "to initialize kvm: Permission denied"},
    {"kvm-triple-fault", "QEMU ended with status 0 before its guest showed life under KVM",
     "QEMU ended before its guest showed life under KVM"},
};

TEST_F(RunMachineTest, WhatKvmDoesNotRunStartsUnderTcg) {
  for (const KvmCase& test : kKvmCases) {
    // A guest that has lived a little has written, and QEMU's words have come with that.
    const bool lived = test.mode == "kvm-internal-error-later";
    const std::string console = lived ? absl::StrCat(kConsole, kConsole) : kConsole;
    EXPECT_EQ(Run(test.mode, AccelChoice::kAuto),
              absl::StrCat(lived ? kWords : "", "run: ", test.problem,
                           "; starting the same machine under TCG (slower)\n", console, "0"));
    EXPECT_EQ(Run(test.mode, AccelChoice::kAuto),
              absl::StrCat("run: using TCG (slower), as in an earlier run: ", test.problem, "\n",
                           kConsole, "0"));
    ForgetVerdicts();
  }
}
TEST_F(RunMachineTest, KvmThatIsAskedForIsNotReplaced) {
  for (const KvmCase& test : kKvmCases) {
    const std::string all = Run(test.mode, AccelChoice::kKvm);
    const std::string error =
        absl::StrCat("error: ", test.problem, "; --accel=tcg runs it without KVM");
    EXPECT_TRUE(all.ends_with(error)) << all << "\nexpected " << error;
    // All that QEMU said is there, too.
    if (test.mode != "kvm-internal-error") continue;
    EXPECT_EQ(all, absl::StrCat(kWords, error));
  }
}
TEST_F(RunMachineTest, DetachedToo) {
  options_.detached = true;
  for (const KvmCase& test : kKvmCases) {
    if (test.problem_detached.empty()) continue;
    const std::string start = absl::StrCat("run: ", test.problem_detached,
                                           "; starting the same machine under TCG (slower)\npid: ");
    const std::string all = Run(test.mode, AccelChoice::kAuto);
    EXPECT_TRUE(all.starts_with(start)) << all << "\nexpected " << start;
    EXPECT_TRUE(all.ends_with("\n0")) << all;
    AwaitGuest(all);
    ForgetVerdicts();
    EXPECT_EQ(Run(test.mode, AccelChoice::kKvm),
              absl::StrCat("error: ", test.problem_detached, "; --accel=tcg runs it without KVM"));
  }
}
TEST_F(RunMachineTest, DetachedButNeverInTheBackground) {
  options_.detached = true;
  const std::string goes_on = "; starting the same machine under TCG (slower)\npid: ";
  const std::string hung = Run("kvm-hangs-at-once", AccelChoice::kAuto);
  EXPECT_THAT(hung, testing::StartsWith(absl::StrCat(
                        "run: QEMU under KVM did not start its guest for 1.5 s", goes_on)));
  AwaitGuest(hung);
  ForgetVerdicts();
  EXPECT_THAT(
      Run("kvm-ends-at-once", AccelChoice::kAuto),
      testing::StartsWith(absl::StrCat(
          "run: QEMU ended with status 0 before its guest showed life under KVM", goes_on)));
}
// KVM may run machines that ask for less.
TEST_F(RunMachineTest, WhatKvmRefusesOneMachineIsRememberedForItsLike) {
  options_.cpus = 200;
  EXPECT_THAT(Run("kvm-no-kvm", AccelChoice::kAuto),
              testing::HasSubstr("; starting the same machine under TCG (slower)\n"));
  EXPECT_THAT(Run("good", AccelChoice::kAuto),
              testing::StartsWith("run: using TCG (slower), as in "));
  options_.cpus = 1;
  EXPECT_EQ(Run("good", AccelChoice::kAuto), absl::StrCat(kConsole, "0"));
}
TEST_F(RunMachineTest, DetachedUnderKvmThatWorks) {
  options_.detached = true;
  EXPECT_TRUE(Run("good", AccelChoice::kAuto).starts_with("pid: "));
}
TEST_F(RunMachineTest, KvmThatWorks) {
  EXPECT_EQ(Run("good", AccelChoice::kAuto), absl::StrCat(kConsole, "0"));
  EXPECT_EQ(Run("good", AccelChoice::kKvm), absl::StrCat(kConsole, "0"));
}
TEST_F(RunMachineTest, WordsOfQemuComeWithTheGuest) {
  EXPECT_EQ(Run("warns", AccelChoice::kAuto),
            absl::StrCat("qemu-system-x86_64: warning: old machine\n", kConsole, "0"));
}
TEST_F(RunMachineTest, WhatTcgDoesNotRunEitherIsNotHeldAgainstKvm) {
  EXPECT_EQ(Run("emulator-error", AccelChoice::kAuto),
            "qemu-system-x86_64: could not load kernel\nrun: QEMU ended with status 1\n1");
  EXPECT_EQ(Run("good", AccelChoice::kAuto), absl::StrCat(kConsole, "0"));
  EXPECT_EQ(Run("triple-fault", AccelChoice::kAuto),
            "run: QEMU ended with status 0 before its guest showed life under KVM; starting the "
            "same machine under TCG (slower)\n0");
  EXPECT_EQ(Run("good", AccelChoice::kAuto), absl::StrCat(kConsole, "0"));
  options_.detached = true;
  EXPECT_EQ(Run("emulator-error", AccelChoice::kAuto),
            "error: QEMU did not start: qemu-system-x86_64: could not load kernel");
}
TEST_F(RunMachineTest, StoppedGuest) {
  EXPECT_EQ(Run("guest-panicked", AccelChoice::kTcg),
            absl::StrCat(kConsole,
                         "error: the guest stands still, run state guest-panicked (the guest's "
                         "kernel panicked); QEMU was ended"));
  for (const AccelChoice accel : {AccelChoice::kTcg, AccelChoice::kAuto, AccelChoice::kKvm}) {
    EXPECT_EQ(Run("disk-full", accel),
              absl::StrCat(kConsole,
                           "error: the guest stands still, run state io-error (disk0: write: No "
                           "space left on device); QEMU was ended"));
  }
}
TEST_F(RunMachineTest, SuspendedGuestMayWakeUp) {
  EXPECT_EQ(Run("suspends", AccelChoice::kTcg), absl::StrCat(kConsole, "awake\n0"));
}
TEST_F(RunMachineTest, WordsOfQemuAreEscapedInOurs) {
  EXPECT_THAT(Run("kvm-colours", AccelChoice::kAuto),
              testing::StartsWith(
                  "run: QEMU ended with status 1 before its guest showed life under KVM: "
                  "qemu-system-x86_64: \\x1b[2Jno \\x07KVM; starting the same machine under TCG "
                  "(slower)\n"));
}
TEST_F(RunMachineTest, SilentConsole) {
  options_.silence = std::chrono::milliseconds(1500);
  EXPECT_EQ(Run("silent-console", AccelChoice::kTcg),
            absl::StrCat("run: the console is silent for 1.5 s (tcg, run state running, last line: "
                         "\"up\"); --kernel-arg=ignore_loglevel makes the kernel say more; Ctrl-A "
                         "x ends the machine\n",
                         kConsole, "0"));
}

}  // namespace
}  // namespace linuxkit
