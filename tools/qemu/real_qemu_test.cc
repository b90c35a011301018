// The real QEMU with a real kernel: a guest whose PID 1 is testdata/test_init, and one whose PID 1
// is busybox's shell.
//
// The parts are those of testdata/real_guest.h.
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/process.h"
#include "tools/qemu/testdata/real_guest.h"

namespace linuxkit {
namespace {

class RealQemu : public RealGuest {
 protected:
  std::string BootDirectly(const std::string& rest) const {
    EXPECT_EQ(WriteFile(Path("cmdline"), "console=ttyS0\n"), absl::OkStatus());
    return Boot(absl::StrCat(R"({"arch": "x86_64", "kernel": ")", Path("vmlinuz"),
                             R"(", "initrd": ")", Path("initrd"), R"(", "cmdline": ")",
                             Path("cmdline"), R"(", "mem": 512, )", rest, "}"));
  }
};

TEST_F(RealQemu, GuestChannel) {
  PackTestInit();
  EXPECT_EQ(BootDirectly(R"("expect": ["^test_init is up$", "Run /init as init process"],
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
  EXPECT_EQ(BootDirectly(R"("channel": "console", "poweroff_command": "/busybox poweroff -f",
                    "commands": [{"shell": "/busybox uname -m", "expect": "^x86_64$"}])"),
            "OK");
}

TEST_F(RealQemu, NoInit) {
  Shell(absl::StrCat("mkdir -p ", dir_, "/root/empty"));
  PackInitrd();
  const std::string verdict = BootDirectly(R"("expect": ["never"])");
  EXPECT_TRUE(verdict.starts_with("FAIL [kernel]: the serial console says: ")) << verdict;
}

// Whatever KVM does on this host, auto must come to a decision that boots: the probe is judged by a
// run.
TEST_F(RealQemu, AutomaticAcceleratorBoots) {
  PackTestInit();
  environment_.accel = AccelChoice::kAuto;
  EXPECT_EQ(BootDirectly(R"("expect": ["^test_init is up$"])"), "OK");
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
