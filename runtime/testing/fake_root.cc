#include "runtime/testing/fake_root.h"

#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/testing/host_channel.h"

namespace linuxkit {
namespace {

void Require(bool good, std::string_view what) {
  if (good) return;
  perror(std::string(what).c_str());
  _exit(99);
}

void Bind(const std::string& source, const std::string& target) {
  Require(mount(source.c_str(), target.c_str(), "", MS_BIND | MS_REC, nullptr) == 0, target);
}

// Root in a new user namespace, as whoever runs the test.
void EnterNamespaces() {
  const std::string uid_map = absl::StrCat("0 ", getuid(), " 1");
  const std::string gid_map = absl::StrCat("0 ", getgid(), " 1");
  Require(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNET) == 0,
          "unshare");
  Require(WriteFile("/proc/self/setgroups", "deny").ok(), "setgroups");
  Require(WriteFile("/proc/self/uid_map", uid_map).ok(), "uid_map");
  Require(WriteFile("/proc/self/gid_map", gid_map).ok(), "gid_map");
}

}  // namespace

FakeRoot::FakeRoot(std::string directory, const std::string& init, const std::string& runc)
    : directory_(std::move(directory)) {
  for (const char* path : {"host/usr", "usr", "proc", "run", "tmp", "var/log", "etc", "sbin"}) {
    std::filesystem::create_directories(Path(path));
  }
  // The host's libraries and programs by links, because usr/bin/runc has to be ours.
  for (const char* name : {"lib", "lib64", "lib32", "libx32"}) {
    std::filesystem::create_symlink(absl::StrCat("/host/usr/", name),
                                    Path(absl::StrCat("usr/", name)));
    std::filesystem::create_symlink(absl::StrCat("usr/", name), Path(name));
  }
  std::filesystem::create_symlink("/host/usr/bin", Path("bin"));
  std::filesystem::copy_file(init, Path("sbin/init"));
  Write("usr/bin/runc", ReadFile(runc).value(), 0755);
  Write("cmdline", absl::StrCat("quiet linuxkit.test=", HostChannel::kNonce, "\n"));
  Write("sys/class/virtio-ports/vport0p1/name", "linuxkit.result\n");
  Write("dev/vport0p1", "");
  Write("dev/null", "");
}

std::string FakeRoot::Path(std::string_view path) const {
  return absl::StrCat(directory_, "/", path);
}

void FakeRoot::Write(std::string_view path, std::string_view content, mode_t mode) const {
  const std::string full = Path(path);
  std::filesystem::create_directories(std::filesystem::path(full).parent_path());
  Require(WriteFile(full, content, O_CREAT | O_TRUNC).ok(), full);
  chmod(full.c_str(), mode);
}

void FakeRoot::Boot() {
  // A pseudo terminal in raw mode stands for the serial port.
  int host = -1;
  int guest = -1;
  char port[64];
  termios raw{};
  cfmakeraw(&raw);
  Require(openpty(&host, &guest, port, &raw, nullptr) == 0, "openpty");
  channel_ = Fd(host);
  // The guest's end stays open here too, so that nothing is lost when init closes it.
  pid_ = fork();
  Require(pid_ >= 0, "fork");
  if (pid_ > 0) return;
  close(host);
  EnterNamespaces();
  // The first child of a new pid namespace is its process 1.
  const pid_t init = fork();
  if (init == 0) RunInit(port);
  int status = 0;
  waitpid(init, &status, 0);
  // 128 + signal, for Wait.
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

void FakeRoot::RunInit(const std::string& port) const {
  Bind(directory_, directory_);
  Bind("/usr", Path("host/usr"));
  Bind("/dev/null", Path("dev/null"));
  Bind(port, Path("dev/vport0p1"));
  Require(mount("proc", Path("proc").c_str(), "proc", 0, nullptr) == 0, "mount proc");
  Bind(Path("cmdline"), Path("proc/cmdline"));
  const int console = open(Path("console").c_str(), O_RDWR | O_CREAT | O_APPEND, 0644);
  for (const int standard : {0, 1, 2}) dup2(console, standard);
  Require(chroot(directory_.c_str()) == 0 && chdir("/") == 0, "chroot");
  execl("/sbin/init", "/sbin/init", nullptr);
  Require(false, "/sbin/init");
  _exit(99);
}

int FakeRoot::Wait() const {
  int status = 0;
  waitpid(pid_, &status, 0);
  return WEXITSTATUS(status);
}

}  // namespace linuxkit
