// The switch with real mounts, in a user namespace of the test's own: a tmpfs stands for the
// initramfs, a directory of it for the root file system.
#include "runtime/root/switch_root.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

void Require(bool good, const std::string& what) {
  if (good) return;
  dprintf(STDOUT_FILENO, "%s\n", std::string(SystemError(errno, what).message()).c_str());
  _exit(99);
}

void EnterNamespaces() {
  const std::string uid_map = absl::StrCat("0 ", getuid(), " 1");
  const std::string gid_map = absl::StrCat("0 ", getgid(), " 1");
  Require(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0, "unshare");
  Require(WriteFile("/proc/self/setgroups", "deny").ok(), "setgroups");
  Require(WriteFile("/proc/self/uid_map", uid_map).ok(), "uid_map");
  Require(WriteFile("/proc/self/gid_map", gid_map).ok(), "gid_map");
  Require(mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private");
}

// A tmpfs with an old file, as "/"; below it /device with a root file system.
void EnterInitramfs(const std::string& directory, const std::string& init) {
  Require(mount("tmpfs", directory.c_str(), "tmpfs", 0, "mode=755") == 0, "tmpfs");
  const std::string device = directory + "/device";
  Require(MakeDirectories(device).ok(), device);
  Require(mount("tmpfs", device.c_str(), "tmpfs", 0, "mode=750") == 0, "tmpfs");
  Require(MakeDirectories(device + "/etc").ok() && MakeDirectories(device + "/sbin").ok(), "etc");
  Require(WriteFile(device + "/etc/marker", "the root's", O_CREAT).ok(), "marker");
  if (!init.empty()) {
    std::filesystem::copy_file(getenv("REPORT_ROOT"), device + init);
  }
  Require(WriteFile(directory + "/old", "x", O_CREAT).ok(), "old");
  Require(MakeDirectories(directory + "/lib/modules").ok(), "lib");
  Require(WriteFile(directory + "/lib/modules/old", "x", O_CREAT).ok(), "old");
  Require(chroot(directory.c_str()) == 0 && chdir("/") == 0, "chroot");
}

// What `mount_root` and the switch to /root print, in a process of their own.
std::string OutputOfSwitch(const std::string& init, const std::function<absl::Status()>& mount_root,
                           const std::string& wanted = "") {
  const std::string directory = absl::StrCat(
      testing::TempDir(), "/", testing::UnitTest::GetInstance()->current_test_info()->name());
  EXPECT_TRUE(MakeDirectories(directory).ok());
  Pipe pipe = MakePipe().value();
  fcntl(pipe.read.get(), F_SETFL, 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe.write.get(), STDOUT_FILENO);
    EnterNamespaces();
    EnterInitramfs(directory, init);
    Require(dup2(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 3) == 3, "open /");
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    absl::Status status = mount_root();
    if (status.ok()) status = SwitchRoot("/root");
    if (status.ok()) status = ExecInit(wanted);
    dprintf(STDOUT_FILENO, "%s\n", std::string(status.message()).c_str());
    _exit(1);
  }
  pipe.write.Close();
  std::string output(16384, '\0');
  size_t size = 0;
  for (ssize_t count;
       (count = read(pipe.read.get(), output.data() + size, output.size() - size)) > 0;) {
    size += static_cast<size_t>(count);
  }
  output.resize(size);
  waitpid(child, nullptr, 0);
  return output;
}

absl::Status Bind() {
  mkdir("/root", 0755);
  if (mount("/device", "/root", nullptr, MS_BIND, nullptr) == 0 &&
      mount("", "/root", nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0) {
    return absl::OkStatus();
  }
  return SystemError(errno, "bind");
}

TEST(SwitchRoot, AnOverlayTakesTheWritesAndTheInitramfsIsEmpty) {
  EXPECT_EQ(
      OutputOfSwitch("/sbin/init", [] { return MountOverlay("/device", "/writes", "/root"); }),
      "marker: the root's\n"
      "write: ok\n"
      "mode: 750\n"
      "left: . .. device root writes\n"
      "SIGCHLD: open\n");
}

TEST(SwitchRoot, WithoutOverlayTheRootIsReadOnly) {
  EXPECT_EQ(OutputOfSwitch("/sbin/init", Bind),
            "marker: the root's\n"
            "write: /etc/written: Read-only file system\n"
            "mode: 750\n"
            "left: . .. device root\n"
            "SIGCHLD: open\n");
}

TEST(ExecInit, SlashInitIsTheSecondChoice) {
  EXPECT_THAT(OutputOfSwitch("/init", Bind), testing::HasSubstr("marker: the root's\n"));
}

TEST(ExecInit, TheWantedOne) {
  EXPECT_THAT(OutputOfSwitch("/sbin/other", Bind, "/sbin/other"),
              testing::HasSubstr("marker: the root's\n"));
}

TEST(ExecInit, None) {
  EXPECT_EQ(OutputOfSwitch("", Bind),
            "found no init in the root file system (/sbin/init: No such file or directory; /init: "
            "No such file or directory); expected a program, or init=PATH\n");
}

TEST(ExecInit, NotTheWantedOne) {
  EXPECT_EQ(OutputOfSwitch("/sbin/init", Bind, "/bin/other"),
            "found no init in the root file system (/bin/other: No such file or directory); "
            "expected a program, or init=PATH\n");
}

TEST(MountReadOnly, UnknownFileSystem) {
  EXPECT_EQ(OutputOfSwitch("/sbin/init",
                           [] { return MountReadOnly("/dev/vda", "no-such-type", "", "/root"); }),
            "the kernel does not know no-such-type, which is on /dev/vda; expected its module in "
            "the initrd\n");
}

TEST(MountOverlay, NoLowerDirectory) {
  EXPECT_EQ(OutputOfSwitch("/sbin/init", [] { return MountOverlay("/none", "/writes", "/root"); }),
            "/none: No such file or directory\n");
}

}  // namespace
}  // namespace linuxkit
