#include "runtime/root/switch_root.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

bool IsInitramfs() {
  struct statfs info;
  return statfs("/", &info) == 0 && (info.f_type == RAMFS_MAGIC || info.f_type == TMPFS_MAGIC);
}

// Removes files and directories below `path` that are on its file system; mounts stay, and with
// them the directories above.
void RemoveTree(const std::filesystem::path& path, dev_t device) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    struct stat info;
    if (lstat(entry.path().c_str(), &info) != 0 || info.st_dev != device) continue;
    if (S_ISDIR(info.st_mode)) RemoveTree(entry.path(), device);
    remove(entry.path().c_str());
  }
}

void RemoveInitramfs() {
  struct stat info;
  if (IsInitramfs() && stat("/", &info) == 0) RemoveTree("/", info.st_dev);
}

}  // namespace

absl::Status MountReadOnly(const std::string& source, const std::string& type,
                           const std::string& flags, const std::string& target) {
  ABSL_RETURN_IF_ERROR(MakeDirectories(target));
  if (mount(source.c_str(), target.c_str(), type.c_str(), MS_RDONLY, flags.c_str()) == 0) {
    return absl::OkStatus();
  }
  if (errno == ENODEV) {
    return absl::UnimplementedError(absl::StrCat("the kernel does not know ", type,
                                                 ", which is on ", source,
                                                 "; expected its module in the initrd"));
  }
  return SystemError(errno, absl::StrCat("mount ", source, " as ", type,
                                         flags.empty() ? "" : absl::StrCat(" with ", flags)));
}

absl::Status MountOverlay(const std::string& lower, const std::string& writes,
                          const std::string& target) {
  for (const std::string& path : {writes, target}) ABSL_RETURN_IF_ERROR(MakeDirectories(path));
  if (mount("tmpfs", writes.c_str(), "tmpfs", 0, "mode=755") != 0) {
    return SystemError(errno, absl::StrCat("mount tmpfs on ", writes));
  }
  const std::string upper = writes + "/upper", work = writes + "/work";
  for (const std::string& path : {upper, work}) ABSL_RETURN_IF_ERROR(MakeDirectories(path));
  struct stat info;
  if (stat(lower.c_str(), &info) != 0 || chmod(upper.c_str(), info.st_mode & 07777) != 0) {
    return SystemError(errno, lower);
  }
  const std::string options =
      absl::StrCat("lowerdir=", lower, ",upperdir=", upper, ",workdir=", work);
  if (mount("overlay", target.c_str(), "overlay", 0, options.c_str()) == 0) {
    return absl::OkStatus();
  }
  return SystemError(errno, absl::StrCat("mount an overlay on ", target));
}

absl::Status SwitchRoot(const std::string& root) {
  for (const char* path : {"/dev", "/sys", "/proc"}) umount2(path, MNT_DETACH);
  if (chdir(root.c_str()) != 0) return SystemError(errno, root);
  RemoveInitramfs();
  // Now "." is the new root and "/" still the old one.
  if (mount(".", "/", nullptr, MS_MOVE, nullptr) != 0) {
    return SystemError(errno, absl::StrCat("move ", root, " to /"));
  }
  if (chroot(".") != 0 || chdir("/") != 0) return SystemError(errno, "enter the root");
  return absl::OkStatus();
}

absl::Status ExecInit(const std::string& wanted) {
  std::vector<std::string> tries = {wanted};
  if (wanted.empty()) tries = {"/sbin/init", "/init"};
  // The mask outlives exec, and the event loop has blocked SIGCHLD.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<std::string> reasons;
  for (const std::string& path : tries) {
    execl(path.c_str(), path.c_str(), nullptr);
    reasons.emplace_back(SystemError(errno, path).message());
  }
  return absl::NotFoundError(absl::StrCat("found no init in the root file system (",
                                          absl::StrJoin(reasons, "; "),
                                          "); expected a program, or init=PATH"));
}

}  // namespace linuxkit
