#include "tools/qemu/accel.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// A host where KVM is there, and a memory of its own.
AccelHost Host(const std::string& device = "/dev/null") {
  const std::string dir = testing::TempDir();
  const std::string qemu = absl::StrCat(dir, "/qemu");
  EXPECT_EQ(WriteFile(qemu, "q"), absl::OkStatus());
  return {.guest = HostArch(), .memory = {.dir = dir, .qemu = qemu}, .kvm_device = device};
}

TEST(DecideAccel, AskedFor) {
  EXPECT_EQ(DecideAccel(AccelChoice::kKvm, Host("/none")).accel, Accel::kKvm);
  EXPECT_EQ(DecideAccel(AccelChoice::kTcg, Host()).accel, Accel::kTcg);
  EXPECT_EQ(DecideAccel(AccelChoice::kHvf, Host()).accel, Accel::kHvf);
}
TEST(DecideAccel, NoDevice) {
  const AccelDecision decision = DecideAccel(AccelChoice::kAuto, Host("/none/kvm"));
  EXPECT_EQ(decision.accel, Accel::kTcg);
  EXPECT_EQ(decision.reason, "using TCG (slower): /none/kvm is not there or not accessible");
}
TEST(DecideAccel, KvmUntilSomethingIsKnownAgainstIt) {
  const AccelHost host = Host();
  EXPECT_EQ(DecideAccel(AccelChoice::kAuto, host).accel, Accel::kKvm);
  EXPECT_EQ(DecideAccel(AccelChoice::kAuto, host).reason, "");
  RememberKvmProblem(host.memory, {.text = "it hung"});
  const AccelDecision decision = DecideAccel(AccelChoice::kAuto, host);
  EXPECT_EQ(decision.accel, Accel::kTcg);
  EXPECT_EQ(decision.reason, "using TCG (slower), as in an earlier run: it hung");
  EXPECT_EQ(DecideAccel(AccelChoice::kKvm, host).accel, Accel::kKvm);
}
TEST(DecideAccel, ForeignArchitecture) {
  AccelHost host = Host();
  host.guest = HostArch() == Arch::kX86_64 ? Arch::kAarch64 : Arch::kX86_64;
  const AccelDecision decision = DecideAccel(AccelChoice::kAuto, host);
  EXPECT_EQ(decision.accel, Accel::kTcg);
  EXPECT_EQ(decision.reason, absl::StrCat("using TCG: the image is for ", ArchName(host.guest),
                                          ", this host is not"));
}

}  // namespace
}  // namespace linuxkit
