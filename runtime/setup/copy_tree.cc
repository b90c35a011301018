#include "runtime/setup/copy_tree.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// OK, or what the system says.
absl::Status Check(bool done, std::string_view what, const std::string& path) {
  return done ? absl::OkStatus() : SystemError(errno, absl::StrCat(what, " ", path));
}

absl::Status CopyContent(const std::string& from, const std::string& to, off_t size) {
  const Fd in(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  ABSL_RETURN_IF_ERROR(Check(in.ok(), "open", from));
  const Fd out(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  ABSL_RETURN_IF_ERROR(Check(out.ok(), "create", to));
  for (off_t done = 0; done < size;) {
    const ssize_t count = sendfile(out.get(), in.get(), &done, static_cast<size_t>(size - done));
    ABSL_RETURN_IF_ERROR(Check(count > 0, "write", to));
  }
  return absl::OkStatus();
}

absl::Status CopyLink(const std::string& from, const std::string& to) {
  char target[PATH_MAX];
  const ssize_t size = readlink(from.c_str(), target, sizeof(target) - 1);
  ABSL_RETURN_IF_ERROR(Check(size >= 0, "read link", from));
  target[size] = '\0';
  return Check(symlink(target, to.c_str()) == 0, "link", to);
}

absl::Status CopyAttributes(const struct stat& info, const std::string& to) {
  ABSL_RETURN_IF_ERROR(
      Check(lchown(to.c_str(), info.st_uid, info.st_gid) == 0, "set the owner of", to));
  // Behind the owner, whose change takes setuid away. A symlink has no mode.
  if (!S_ISLNK(info.st_mode)) {
    ABSL_RETURN_IF_ERROR(
        Check(chmod(to.c_str(), info.st_mode & 07777) == 0, "set the mode of", to));
  }
  const timespec times[] = {info.st_atim, info.st_mtim};
  return Check(utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0, "set the time of",
               to);
}

absl::Status CopyEntry(const std::string& from, const std::string& to) {
  struct stat info;
  ABSL_RETURN_IF_ERROR(Check(lstat(from.c_str(), &info) == 0, "read", from));
  if (S_ISSOCK(info.st_mode)) return absl::OkStatus();
  if (S_ISDIR(info.st_mode)) {
    ABSL_RETURN_IF_ERROR(Check(mkdir(to.c_str(), 0700) == 0, "create", to));
    ABSL_RETURN_IF_ERROR(CopyTree(from, to));
  } else if (S_ISREG(info.st_mode)) {
    ABSL_RETURN_IF_ERROR(CopyContent(from, to, info.st_size));
  } else if (S_ISLNK(info.st_mode)) {
    ABSL_RETURN_IF_ERROR(CopyLink(from, to));
  } else {
    ABSL_RETURN_IF_ERROR(
        Check(mknod(to.c_str(), info.st_mode, info.st_rdev) == 0, "create node", to));
  }
  return CopyAttributes(info, to);
}

}  // namespace

absl::Status CopyTree(const std::string& from, const std::string& to) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(from));
  for (const std::string& name : names) {
    ABSL_RETURN_IF_ERROR(CopyEntry(absl::StrCat(from, "/", name), absl::StrCat(to, "/", name)));
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
