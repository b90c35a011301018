// The real QEMU with a real kernel: a guest whose PID 1 is testdata/test_init, and one whose PID 1
// is busybox's shell.
//
// The parts are those of testdata/real_guest.h.
#include <iostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
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

  // An initrd whose PID 1 is busybox's shell, which waits for input forever.
  void PackShell() {
    Shell(absl::StrCat("mkdir -p ", dir_, "/root/proc && dpkg-deb --fsys-tarfile ", busybox_,
                       " | tar -xO --wildcards './usr/bin/busybox' > ", dir_, "/root/busybox"));
    Shell(
        absl::StrCat("cd ", dir_,
                     "/root && chmod 755 busybox && mkdir -p bin && ln -sf /busybox bin/sh && "
                     "printf '#!/busybox sh\\n/busybox mount -t proc proc /proc\\nexec /busybox sh "
                     "-i\\n' > init && "
                     "chmod 755 init"));
    PackInitrd();
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
  PackShell();
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

// Whatever KVM does on this host, auto comes to a decision that boots. What the first run learned,
// the second knows.
TEST_F(RealQemu, AutomaticAcceleratorBoots) {
  PackTestInit();
  environment_.accel_dir = dir_;
  for (const std::string_view expected :
       {"; starting the same machine under TCG\n", "using TCG (slower), as in an earlier run: "}) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(BootDirectly(R"("accel": "auto", "expect": ["^test_init is up$"])"), "OK");
    const std::string said = testing::internal::GetCapturedStderr();
    std::cerr << said;
    EXPECT_TRUE(said.empty() || said.find(expected) != said.npos) << said;
  }
}

// The monitor's answers are those of the real QEMU. The shell keeps the guest running until the
// deadline.
TEST_F(RealQemu, SilentKernelIsDescribedByItsRunState) {
  PackShell();
  EXPECT_EQ(WriteFile(Path("cmdline"), "console=tty0\n"), absl::OkStatus());
  const std::string verdict =
      Boot(absl::StrCat(R"({"arch": "x86_64", "kernel": ")", Path("vmlinuz"), R"(", "initrd": ")",
                        Path("initrd"), R"(", "cmdline": ")", Path("cmdline"),
                        R"(", "mem": 512, "accel": "tcg", "deadline_scale": 0.1})"));
  constexpr std::string_view kStart =
      "FAIL [firmware]: after 6 s the kernel has written nothing to the serial console (tcg, run "
      "state running); does the command line \"console=tty0 panic=-1 linuxkit.test=";
  EXPECT_TRUE(verdict.starts_with(kStart)) << verdict;
  EXPECT_TRUE(verdict.ends_with("\" have console=ttyS0?")) << verdict;
}

}  // namespace
}  // namespace linuxkit
