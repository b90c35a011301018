#include "tools/qemu/accel.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// Emulators that are shell scripts, a state directory and a boot id of our own for each test.
class DecideAccelTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(dir_);
    mkdir(dir_.c_str(), 0755);
    SetBootId("boot-1");
  }
  void SetBootId(std::string_view id) {
    ASSERT_EQ(WriteFile(absl::StrCat(dir_, "/boot_id"), absl::StrCat(id, "\n")), absl::OkStatus());
  }
  AccelProbe Probe(std::string_view script) {
    const std::string qemu = absl::StrCat(dir_, "/qemu");
    EXPECT_EQ(WriteFile(qemu, absl::StrCat("#!/bin/sh\n", script, "\n")), absl::OkStatus());
    chmod(qemu.c_str(), 0755);
    return {.qemu = qemu,
            .guest = HostArch(),
            .state_dir = dir_,
            .kvm_device = "/dev/null",
            .boot_id_file = absl::StrCat(dir_, "/boot_id")};
  }
  std::string Path(std::string_view name) const { return absl::StrCat(dir_, "/", name); }

  std::string dir_;
};

TEST_F(DecideAccelTest, AskedFor) {
  EXPECT_EQ(DecideAccel(AccelChoice::kKvm, Probe("exit 1")).accel, Accel::kKvm);
  EXPECT_EQ(DecideAccel(AccelChoice::kTcg, Probe("exit 33")).accel, Accel::kTcg);
  EXPECT_EQ(DecideAccel(AccelChoice::kHvf, Probe("exit 1")).accel, Accel::kHvf);
}
TEST_F(DecideAccelTest, KvmWorks) {
  const AccelDecision decision = DecideAccel(AccelChoice::kAuto, Probe("exit 33"));
  EXPECT_EQ(decision.accel, Accel::kKvm);
  EXPECT_EQ(decision.reason, "");
}
TEST_F(DecideAccelTest, GuestHangs) {
  AccelProbe probe = Probe("exec tail -f /dev/null");
  probe.limit = std::chrono::milliseconds(100);
  const AccelDecision decision = DecideAccel(AccelChoice::kAuto, probe);
  EXPECT_EQ(decision.accel, Accel::kTcg);
  EXPECT_EQ(decision.reason, "using TCG (slower): a KVM test guest hung for 100 ms");
}
TEST_F(DecideAccelTest, QemuFails) {
  EXPECT_EQ(
      DecideAccel(AccelChoice::kAuto, Probe("echo first; echo 'failed to set MSR' >&2; exit 1"))
          .reason,
      "using TCG (slower): a KVM test guest ended with status 1: failed to set MSR");
}
TEST_F(DecideAccelTest, NoDevice) {
  AccelProbe probe = Probe("exit 33");
  probe.kvm_device = "/none/kvm";
  EXPECT_EQ(DecideAccel(AccelChoice::kAuto, probe).reason,
            "using TCG (slower): /none/kvm is not there or not accessible");
}
TEST_F(DecideAccelTest, OneProbeABoot) {
  const std::string count = absl::StrCat("echo x >> ", Path("count"), "; exit 33");
  DecideAccel(AccelChoice::kAuto, Probe(count));
  EXPECT_EQ(DecideAccel(AccelChoice::kAuto, Probe(count)).accel, Accel::kKvm);
  EXPECT_EQ(*ReadFile(Path("count")), "x\n");
  SetBootId("boot-2");
  DecideAccel(AccelChoice::kAuto, Probe(count));
  EXPECT_EQ(*ReadFile(Path("count")), "x\nx\n");
}
TEST_F(DecideAccelTest, FailureIsRememberedWithItsReason) {
  DecideAccel(AccelChoice::kAuto, Probe("exit 4"));
  EXPECT_EQ(DecideAccel(AccelChoice::kAuto, Probe("exit 33")).reason,
            "using TCG (slower): a KVM test guest ended with status 4");
}
TEST_F(DecideAccelTest, DamagedResultMeansProbingAgain) {
  ASSERT_EQ(WriteFile(Path("kvm-probe"), "boot-1"), absl::OkStatus());
  EXPECT_EQ(DecideAccel(AccelChoice::kAuto, Probe("exit 33")).accel, Accel::kKvm);
}
TEST_F(DecideAccelTest, ForeignArchitecture) {
  AccelProbe probe = Probe("exit 33");
  probe.guest = HostArch() == Arch::kX86_64 ? Arch::kAarch64 : Arch::kX86_64;
  const AccelDecision decision = DecideAccel(AccelChoice::kAuto, probe);
  EXPECT_EQ(decision.accel, Accel::kTcg);
  EXPECT_EQ(decision.reason, absl::StrCat("using TCG: the image is for ", ArchName(probe.guest),
                                          ", this host is not"));
}

TEST(ProbeBootSector, EndsWithTheSignature) {
  const std::array<char, 512> sector = ProbeBootSector();
  EXPECT_EQ(std::string(sector.begin(), sector.begin() + 7), "\xb0\x10\xe6\xf4\xf4\xeb\xfd");
  EXPECT_EQ(std::string(sector.end() - 2, sector.end()), "\x55\xaa");
}

}  // namespace
}  // namespace linuxkit
