#include "tools/qemu/testdata/real_guest.h"

#include <glob.h>

#include <chrono>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

constexpr std::string_view kPackages = "/usr/share/linuxkit/debs";

// The one file that matches, or nothing.
std::string Find(const std::string& pattern) {
  glob_t found = {};
  const std::string path = glob(pattern.c_str(), 0, nullptr, &found) == 0 ? found.gl_pathv[0] : "";
  globfree(&found);
  return path;
}

}  // namespace

void Shell(const std::string& script) {
  const absl::StatusOr<FinishedProcess> run =
      RunToEnd({"/bin/sh", "-euc", script}, std::chrono::minutes(2));
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_TRUE(run->status.success()) << script << "\n" << run->output;
}

void RealGuest::SetUp() {
  dir_ = absl::StrCat(testing::TempDir(), "/",
                      testing::UnitTest::GetInstance()->current_test_info()->name());
  Shell(absl::StrCat("mkdir -p ", dir_, "/root"));
  const std::string kernel = Find(absl::StrCat(kPackages, "/linux-binary-*.deb"));
  busybox_ = Find(absl::StrCat(kPackages, "/busybox-static_*.deb"));
  if (kernel.empty() || busybox_.empty() || !FindQemu("x86_64", "").ok()) {
    GTEST_SKIP() << "needs qemu-system-x86_64 and the packages of the build root in " << kPackages;
  }
  Shell(absl::StrCat("dpkg-deb --fsys-tarfile ", kernel,
                     " | tar -xO --wildcards './usr/lib/modules/*/vmlinuz' > ", dir_, "/vmlinuz"));
  environment_.temp_dir = dir_;
  environment_.accel_dir = testing::TempDir();
}

void RealGuest::PackTestInit() {
  Shell(absl::StrCat("cp tools/qemu/testdata/test_init ", dir_, "/root/init"));
  PackInitrd();
}

void RealGuest::PackInitrd() {
  Shell(absl::StrCat("cd ", dir_, "/root && find . | cpio --quiet -o -H newc > ../initrd"));
}

std::string RealGuest::Path(std::string_view name) const { return absl::StrCat(dir_, "/", name); }

std::string RealGuest::Boot(const std::string& plan_json) const {
  const absl::StatusOr<TestPlan> plan = ParseTestPlan("plan", plan_json);
  if (!plan.ok()) return std::string(plan.status().message());
  const absl::Status verdict = RunBootTest(*plan, environment_);
  return verdict.ok() ? "OK" : FailureLine(verdict);
}

}  // namespace linuxkit
