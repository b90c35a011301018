#include "runtime/setup/mounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "runtime/base/console.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"
#include "runtime/setup/copy_tree.h"

namespace linuxkit {
namespace {

constexpr unsigned long kSafe = MS_NODEV | MS_NOSUID | MS_NOEXEC;

struct SystemMount {
  const char* source;
  const char* target;
  const char* type;
  unsigned long flags;
  const char* data;
};

constexpr SystemMount kProc = {"proc", "/proc", "proc", kSafe | MS_RELATIME, ""};

constexpr SystemMount kWritable[] = {
    {"tmpfs", "/run", "tmpfs", kSafe | MS_RELATIME, "size=10%,mode=755"},
    {"tmpfs", "/tmp", "tmpfs", kSafe | MS_RELATIME, "size=10%,mode=1777"},
    {"tmpfs", "/var", "tmpfs", kSafe | MS_RELATIME, "size=50%,mode=755"},
};

constexpr SystemMount kDev = {"dev", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC | MS_RELATIME,
                              "size=10m,nr_inodes=248418,mode=755"};

constexpr SystemMount kBelowDevAndSys[] = {
    {"mqueue", "/dev/mqueue", "mqueue", kSafe, ""},
    {"shm", "/dev/shm", "tmpfs", kSafe, "mode=1777"},
    {"devpts", "/dev/pts", "devpts", MS_NOEXEC | MS_NOSUID, "gid=5,mode=0620"},
    {"sysfs", "/sys", "sysfs", kSafe, ""},
};

constexpr SystemMount kOptional[] = {
    {"securityfs", "/sys/kernel/security", "securityfs", kSafe, ""},
    {"debugfs", "/sys/kernel/debug", "debugfs", kSafe, ""},
    {"configfs", "/sys/kernel/config", "configfs", kSafe, ""},
    {"fusectl", "/sys/fs/fuse/connections", "fusectl", kSafe, ""},
    {"selinuxfs", "/sys/fs/selinux", "selinuxfs", MS_NOSUID | MS_NOEXEC, ""},
    {"pstore", "/sys/fs/pstore", "pstore", kSafe, ""},
    {"bpf", "/sys/fs/bpf", "bpf", kSafe, "mode=700"},
    {"efivarfs", "/sys/firmware/efi/efivars", "efivarfs", kSafe, ""},
    {"binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", kSafe, ""},
};

struct Directory {
  const char* path;
  mode_t mode;
};
constexpr Directory kInVar[] = {{"/var/cache", 0755}, {"/var/lib", 0755},   {"/var/local", 0755},
                                {"/var/lock", 0755},  {"/var/log", 0755},   {"/var/opt", 0755},
                                {"/var/spool", 0755}, {"/var/empty", 0555}, {"/var/tmp", 01777}};
constexpr Directory kInDev[] = {{"/dev/mqueue", 0755}, {"/dev/shm", 0755}, {"/dev/pts", 0755}};

struct Node {
  const char* path;
  unsigned major;
  unsigned minor;
  mode_t mode;
};
constexpr Node kNodes[] = {{"/dev/console", 5, 1, 0600},
                           {"/dev/tty1", 4, 1, 0620},
                           {"/dev/tty", 5, 0, 0666},
                           {"/dev/null", 1, 3, 0666},
                           {"/dev/kmsg", 1, 11, 0660}};

struct Link {
  const char* path;
  const char* target;
};
constexpr Link kLinks[] = {{"/dev/fd", "/proc/self/fd"},
                           {"/dev/stdin", "/proc/self/fd/0"},
                           {"/dev/stdout", "/proc/self/fd/1"},
                           {"/dev/stderr", "/proc/self/fd/2"},
                           {"/dev/kcore", "/proc/kcore"}};

int TryMount(const SystemMount& entry) {
  const int result = mount(entry.source, entry.target, entry.type, entry.flags, entry.data);
  // EBUSY: the kernel mounted devtmpfs itself.
  return result == 0 || errno == EBUSY ? 0 : errno;
}

bool Mount(const SystemMount& entry) {
  const int error = TryMount(entry);
  return error == 0 ||
         SayIfError(SystemError(error, absl::StrCat("mount ", entry.type, " on ", entry.target)));
}

// What the root file system has there stays to be seen.
void MountWithContent(const SystemMount& entry) {
  const Fd below(open(entry.target, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!Mount(entry) || !below.ok()) return;
  SayIfError(CopyTree(absl::StrCat("/proc/self/fd/", below.get()), entry.target),
             absl::StrCat("keep what is in ", entry.target));
}

// A read-only root that lacks a mount point shows at the mount that needs it.
void MakeMountPoints() {
  for (const char* path : {"/proc", "/run", "/tmp", "/var", "/dev", "/sys"}) mkdir(path, 0755);
}

void MakeDirectory(const Directory& directory) {
  SayIfError(MakeDirectories(directory.path, directory.mode));
}

void MakeLink(const Link& link) {
  if (symlink(link.target, link.path) != 0 && errno != EEXIST) {
    SayIfError(SystemError(errno, absl::StrCat("link ", link.path)));
  }
}

void MakeNode(const Node& node) {
  if (mknod(node.path, S_IFCHR | node.mode, makedev(node.major, node.minor)) != 0 &&
      errno != EEXIST) {
    SayIfError(SystemError(errno, absl::StrCat("create device ", node.path)));
    return;
  }
  chmod(node.path, node.mode);
}

void FillVar() {
  for (const Directory& directory : kInVar) MakeDirectory(directory);
  MakeLink({"/var/run", "/run"});
}

void FillDev() {
  for (const Node& node : kNodes) MakeNode(node);
  for (const Link& link : kLinks) MakeLink(link);
  for (const Directory& directory : kInDev) MakeDirectory(directory);
}

}  // namespace

void MountSystem() {
  umask(0);
  MakeMountPoints();
  Mount(kProc);
  // Fails on file systems that are read-only by nature.
  mount("", "/", "", MS_REMOUNT | MS_RDONLY, nullptr);
  for (const SystemMount& entry : kWritable) MountWithContent(entry);
  FillVar();
  Mount(kDev);
  FillDev();
  for (const SystemMount& entry : kBelowDevAndSys) Mount(entry);
  for (const SystemMount& entry : kOptional) TryMount(entry);
  umask(022);
}

void OpenConsole() {
  const int fd = open("/dev/console", O_RDWR | O_NOCTTY);
  if (fd < 0) return;
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fd != standard) dup2(fd, standard);
  }
  if (fd > STDERR_FILENO) close(fd);
}

}  // namespace linuxkit
