#include "runtime/setup/root.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/fd.h"
#include "runtime/base/file.h"

// <sys/mount.h> and <linux/mount.h> do not go together with every libc; this file needs the second
// for the new calls.
extern "C" int mount(const char* source, const char* target, const char* type, unsigned long flags,
                     const void* data) noexcept;

namespace linuxkit {
namespace {

bool IsInitramfs() {
  struct statfs info;
  return statfs("/", &info) == 0 && (info.f_type == RAMFS_MAGIC || info.f_type == TMPFS_MAGIC);
}

}  // namespace

absl::Status LeaveInitramfs() {
  if (!IsInitramfs()) return absl::OkStatus();
  const Fd copy(
      static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!copy.ok()) return SystemError(errno, "open_tree /");
  if (syscall(SYS_move_mount, copy.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return SystemError(errno, "move_mount on /");
  }
  // The mount now covers "/", but this process still stands below it.
  if (fchdir(copy.get()) != 0 || chroot(".") != 0) return SystemError(errno, "enter the new root");
  return absl::OkStatus();
}

absl::Status ShareMounts() {
  if (mount("", "/", "", MS_REC | MS_SHARED, nullptr) != 0) {
    return SystemError(errno, "make / recursively shared");
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
