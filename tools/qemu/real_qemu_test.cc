// The real QEMU with a real kernel: a guest whose PID 1 is testdata/test_init, and one whose PID 1
// is busybox's shell.
//
// The kernel and busybox come from the Debian packages that the build root keeps; on a host without
// them the tests are skipped, and say so.
#include <glob.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/process.h"
#include "tools/qemu/run_boot_test.h"

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

void Shell(const std::string& script) {
  const absl::StatusOr<FinishedProcess> run =
      RunToEnd({"/bin/sh", "-euc", script}, std::chrono::minutes(2));
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_TRUE(run->status.success()) << script << "\n" << run->output;
}

class RealQemu : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    Shell(absl::StrCat("mkdir -p ", dir_, "/root"));
    const std::string kernel = Find(absl::StrCat(kPackages, "/linux-binary-*.deb"));
    busybox_ = Find(absl::StrCat(kPackages, "/busybox-static_*.deb"));
    if (kernel.empty() || busybox_.empty() || !FindQemu("x86_64", "").ok()) {
      GTEST_SKIP() << "needs qemu-system-x86_64 and the packages of the build root in "
                   << kPackages;
    }
    Shell(absl::StrCat("dpkg-deb --fsys-tarfile ", kernel,
                       " | tar -xO --wildcards './usr/lib/modules/*/vmlinuz' > ", dir_,
                       "/vmlinuz"));
    ASSERT_EQ(WriteFile(absl::StrCat(dir_, "/cmdline"), "console=ttyS0\n"), absl::OkStatus());
    environment_.temp_dir = dir_;
  }

  // Packs `dir_`/root with cpio.
  void PackInitrd() {
    Shell(absl::StrCat("cd ", dir_, "/root && find . | cpio --quiet -o -H newc > ../initrd"));
  }
  std::string PlanStart() const {
    return absl::StrCat(R"({"arch": "x86_64", "kernel": ")", dir_, R"(/vmlinuz", "initrd": ")",
                        dir_, R"(/initrd", "cmdline": ")", dir_, R"(/cmdline", "mem": 512, )");
  }
  std::string Boot(const std::string& rest) const {
    const absl::StatusOr<TestPlan> plan =
        ParseTestPlan("plan", absl::StrCat(PlanStart(), rest, "}"));
    if (!plan.ok()) return std::string(plan.status().message());
    const absl::Status verdict = RunBootTest(*plan, environment_);
    return verdict.ok() ? "OK" : FailureLine(verdict);
  }

  std::string dir_;
  std::string busybox_;
  TestEnvironment environment_;
};

TEST_F(RealQemu, GuestChannel) {
  Shell(absl::StrCat("cp tools/qemu/testdata/test_init ", dir_, "/root/init"));
  PackInitrd();
  EXPECT_EQ(Boot(R"("expect": ["^test_init is up$", "Run /init as init process"],
                    "commands": [{"shell": "first", "expect": "^Linux x86_64: first$"},
                                 {"shell": "second", "expect": "second"}])"),
            "OK");
}

TEST_F(RealQemu, ConsoleShell) {
  Shell(absl::StrCat("mkdir -p ", dir_, "/root/proc && dpkg-deb --fsys-tarfile ", busybox_,
                     " | tar -xO --wildcards './usr/bin/busybox' > ", dir_, "/root/busybox"));
  Shell(absl::StrCat("cd ", dir_,
                     "/root && chmod 755 busybox && mkdir -p bin && ln -sf /busybox bin/sh && "
                     "printf '#!/busybox sh\\n/busybox mount -t proc proc /proc\\nexec /busybox sh "
                     "-i\\n' > init && "
                     "chmod 755 init"));
  PackInitrd();
  EXPECT_EQ(Boot(R"("channel": "console", "poweroff_command": "/busybox poweroff -f",
                    "commands": [{"shell": "/busybox uname -m", "expect": "^x86_64$"}])"),
            "OK");
}

TEST_F(RealQemu, NoInit) {
  Shell(absl::StrCat("mkdir -p ", dir_, "/root/empty"));
  PackInitrd();
  const std::string verdict = Boot(R"("expect": ["never"])");
  EXPECT_TRUE(verdict.starts_with("FAIL [kernel]: the serial console says: ")) << verdict;
}

// Whatever KVM does on this host, auto must come to a decision that boots: the probe is judged by a
// run.
TEST_F(RealQemu, AutomaticAcceleratorBoots) {
  Shell(absl::StrCat("cp tools/qemu/testdata/test_init ", dir_, "/root/init"));
  PackInitrd();
  environment_.accel = AccelChoice::kAuto;
  EXPECT_EQ(Boot(R"("expect": ["^test_init is up$"])"), "OK");
}

// The probe's boot sector itself is good: under TCG, which works everywhere, QEMU ends with its
// status.
TEST_F(RealQemu, ProbeBootSectorEndsQemu) {
  const std::array<char, 512> sector = ProbeBootSector();
  const std::string path = absl::StrCat(dir_, "/sector.img");
  ASSERT_EQ(WriteFile(path, std::string_view(sector.data(), sector.size())), absl::OkStatus());
  const absl::StatusOr<FinishedProcess> run = RunToEnd(
      {*FindQemu("x86_64", ""), "-nodefaults", "-no-user-config", "-display", "none", "-machine",
       "pc", "-accel", "tcg", "-m", "32", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
       "-drive", absl::StrCat("format=raw,if=ide,file=", path)},
      std::chrono::minutes(1));
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->status.code, 33) << run->output;
}

}  // namespace
}  // namespace linuxkit
