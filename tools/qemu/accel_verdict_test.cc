#include "tools/qemu/accel_verdict.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// A directory with an emulator and a boot id for each test.
class AccelVerdictTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(dir_);
    mkdir(dir_.c_str(), 0755);
    memory_ = {.dir = dir_, .qemu = Path("qemu"), .boot_id_file = Path("boot_id")};
    Write("qemu", "q");
    Write("boot_id", "boot-1\n");
  }
  std::string Path(std::string_view name) const { return absl::StrCat(dir_, "/", name); }
  void Write(std::string_view name, std::string_view text) {
    ASSERT_EQ(WriteFile(Path(name), text), absl::OkStatus());
  }

  std::string dir_;
  AccelMemory memory_;
};

TEST_F(AccelVerdictTest, NothingIsKnownAtFirst) { EXPECT_EQ(RememberedKvmProblem(memory_), ""); }
TEST_F(AccelVerdictTest, IsRemembered) {
  RememberKvmProblem(memory_, {.text = "it hung"});
  EXPECT_EQ(RememberedKvmProblem(memory_), "it hung");
  RememberKvmProblem(memory_, {.text = "it stopped"});
  EXPECT_EQ(RememberedKvmProblem(memory_), "it stopped");
}
TEST_F(AccelVerdictTest, RealBootIdIsPartOfIt) {
  memory_.boot_id_file = AccelMemory().boot_id_file;
  RememberKvmProblem(memory_, {.text = "it hung"});
  EXPECT_EQ(RememberedKvmProblem(memory_), "it hung");
  const std::string verdict = *ReadFile(Path("kvm-problem"));
  EXPECT_TRUE(verdict.starts_with(*ReadFile(memory_.boot_id_file))) << verdict;
  EXPECT_EQ(verdict.find('\n'), 36) << verdict;
}
TEST_F(AccelVerdictTest, ForgottenWhenTheHostReboots) {
  RememberKvmProblem(memory_, {.text = "it hung"});
  Write("boot_id", "boot-2\n");
  EXPECT_EQ(RememberedKvmProblem(memory_), "");
}
TEST_F(AccelVerdictTest, ForgottenWithAnotherEmulator) {
  RememberKvmProblem(memory_, {.text = "it hung"});
  Write("qemu", "q2");
  EXPECT_EQ(RememberedKvmProblem(memory_), "");
  Write("other", "q");
  memory_.qemu = Path("other");
  EXPECT_EQ(RememberedKvmProblem(memory_), "");
}
TEST_F(AccelVerdictTest, NothingWithoutABootId) {
  for (const char* id : {"", "\n"}) {
    Write("boot_id", id);
    RememberKvmProblem(memory_, {.text = "it hung"});
    EXPECT_NE(access(Path("kvm-problem").c_str(), F_OK), 0);
    Write("kvm-problem", "it hung");
    EXPECT_EQ(RememberedKvmProblem(memory_), "");
    unlink(Path("kvm-problem").c_str());
  }
}
TEST_F(AccelVerdictTest, ProblemOfAMachine) {
  memory_.machine = "q35 smm";
  RememberKvmProblem(memory_, {.text = "no SMM", .of_machine = true});
  EXPECT_EQ(RememberedKvmProblem(memory_), "no SMM");
  memory_.machine = "q35";
  EXPECT_EQ(RememberedKvmProblem(memory_), "");
  RememberKvmProblem(memory_, {.text = "it hung"});
  memory_.machine = "q35 smm";
  EXPECT_EQ(RememberedKvmProblem(memory_), "it hung");
}
TEST_F(AccelVerdictTest, NeedsOfAMachine) {
  Machine machine;
  EXPECT_EQ(MachineNeeds(machine), "q35 1 cpus 1024 MiB ");
  machine.firmware.secure_boot = true;
  machine.cpus = 8;
  machine.devices = {"virtio-balloon"};
  EXPECT_EQ(MachineNeeds(machine), "q35 smm 8 cpus 1024 MiB virtio-balloon");
}
TEST_F(AccelVerdictTest, DamagedVerdictIsNone) {
  RememberKvmProblem(memory_, {.text = "it hung"});
  Write("kvm-problem", ReadFile(Path("kvm-problem"))->substr(0, 20));
  EXPECT_EQ(RememberedKvmProblem(memory_), "");
}
TEST_F(AccelVerdictTest, SharedDirectoryIsPrivate) {
  const std::string dir = SharedAccelDir("fallback", dir_);
  EXPECT_EQ(dir, absl::StrCat(dir_, "/rules_linuxkit-", geteuid()));
  EXPECT_EQ(std::filesystem::status(dir).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(SharedAccelDir("fallback", dir_), dir);
}
TEST_F(AccelVerdictTest, SharedDirectoryThatOthersMayWriteIsNotTaken) {
  const std::string dir = SharedAccelDir("fallback", dir_);
  chmod(dir.c_str(), 0777);
  EXPECT_EQ(SharedAccelDir("fallback", dir_), "fallback");
  std::filesystem::remove(dir);
  std::filesystem::create_directory_symlink(dir_, dir);
  EXPECT_EQ(SharedAccelDir("fallback", dir_), "fallback");
  EXPECT_EQ(SharedAccelDir("fallback", "/none"), "fallback");
}

}  // namespace
}  // namespace linuxkit
