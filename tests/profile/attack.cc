// Tries what a service must not be able to do to the system it runs on, and prints a line for each
// try: "core_pattern: done", or the error. What a try changes, if it succeeds, is as it was before.
#include <dirent.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

// Functions return 0 or an error number.

int ErrorOf(long result) { return result < 0 ? errno : 0; }

int Read(const char* path, std::string& text) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  char buffer[4096];
  const ssize_t size = read(file, buffer, sizeof buffer);
  const int error = ErrorOf(size);
  close(file);
  if (error == 0) text.assign(buffer, static_cast<size_t>(size));
  return error;
}

int Write(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = ErrorOf(write(file, text.data(), text.size()));
  close(file);
  return error;
}

int WriteBack(const char* path) {
  std::string text;
  const int error = Read(path, text);
  return error != 0 ? error : Write(path, text);
}

// A masked file is there and empty.
int ReadSomething(const char* path) {
  std::string text;
  const int error = Read(path, text);
  return error != 0 ? error : text.empty() ? ENODATA : 0;
}

int ListSomething(const char* path) {
  DIR* const directory = opendir(path);
  if (directory == nullptr) return errno;
  int count = 0;
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count > 2 ? 0 : ENODATA;
}

// In a process of its own, whose namespaces nobody else has.
template <typename Function>
int InAChild(Function function) {
  const pid_t child = fork();
  if (child == 0) _exit(function());
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

int MakeDisk() {
  if (mknod("/disk", S_IFBLK | 0600, makedev(254, 0)) < 0) return errno;
  const int file = open("/disk", O_RDONLY | O_CLOEXEC);
  const int error = ErrorOf(file);
  if (file >= 0) close(file);
  unlink("/disk");
  return error;
}

// No module: the kernel asks who is calling before it reads the file.
int LoadModule() {
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  const int error = ErrorOf(syscall(SYS_finit_module, file, "", 0));
  close(file);
  return error;
}

int MountInAUserNamespace() {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return errno;
  return ErrorOf(mount("none", "/mnt", "tmpfs", 0, ""));
}

struct Try {
  const char* name;
  int (*run)();
};

constexpr Try kTries[] = {
    {"core_pattern", [] { return WriteBack("/proc/sys/kernel/core_pattern"); }},
    {"modprobe path", [] { return WriteBack("/proc/sys/kernel/modprobe"); }},
    {"sysrq-trigger", [] { return Write("/proc/sysrq-trigger", "h"); }},
    {"PCI rescan", [] { return Write("/sys/bus/pci/rescan", "1"); }},
    {"file of sys", [] { return WriteBack("/sys/module/printk/parameters/time"); }},
    {"interrupts", [] { return ReadSomething("/proc/interrupts"); }},
    {"firmware", [] { return ListSomething("/sys/firmware"); }},
    {"gain privileges", [] { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0 ? EACCES : 0; }},
    {"add_key",
     [] {
       return ErrorOf(syscall(SYS_add_key, "user", "attack", "x", 1, KEY_SPEC_PROCESS_KEYRING));
     }},
    {"keyctl",
     [] {
       return ErrorOf(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1));
     }},
    {"io_uring",
     [] {
       io_uring_params parameters = {};
       return ErrorOf(syscall(SYS_io_uring_setup, 1, &parameters));
     }},
    {"vsock", [] { return ErrorOf(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0)); }},
    {"user namespace", [] { return InAChild([] { return ErrorOf(unshare(CLONE_NEWUSER)); }); }},
    {"mount", [] { return InAChild(MountInAUserNamespace); }},
    {"remount sys", [] { return ErrorOf(mount("", "/sys", "", MS_REMOUNT | MS_BIND, "")); }},
    {"unmount sys", [] { return ErrorOf(umount2("/sys", MNT_DETACH)); }},
    {"disk", MakeDisk},
    {"module", LoadModule},
    {"host name", [] { return ErrorOf(sethostname("attacked", 8)); }},
};

}  // namespace

int main() {
  for (const Try& attempt : kTries) {
    const int error = attempt.run();
    std::printf("%s: %s\n", attempt.name, error == 0 ? "done" : std::strerror(error));
  }
  return 0;
}
