#include "tools/registry/blob_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr mode_t kMode = 0644;

std::string TemporaryName(const std::string& path) {
  return absl::StrCat(path, ".partial-", getpid());
}

std::string Directory(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

absl::Status ErrnoStatus(std::string_view doing, std::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", doing, " ", path));
}

}  // namespace

BlobFile::BlobFile(FileDescriptor fd, std::string path, bool is_nameless)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      temporary_(TemporaryName(path_)),
      has_temporary_(!is_nameless) {}

absl::StatusOr<std::unique_ptr<BlobFile>> BlobFile::Create(const std::string& path,
                                                           bool may_be_nameless) {
  FileDescriptor nameless(open(Directory(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
  if (may_be_nameless && nameless.get() >= 0) {
    return std::unique_ptr<BlobFile>(new BlobFile(std::move(nameless), path, true));
  }
  FileDescriptor named(
      open(TemporaryName(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (named.get() < 0) return ErrnoStatus("create", path);
  return std::unique_ptr<BlobFile>(new BlobFile(std::move(named), path, false));
}

BlobFile::~BlobFile() {
  if (has_temporary_) unlink(temporary_.c_str());
}

absl::Status BlobFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus("write", path_);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status BlobFile::Restart() {
  if (ftruncate(fd_.get(), 0) == 0 && lseek(fd_.get(), 0, SEEK_SET) == 0) return absl::OkStatus();
  return ErrnoStatus("truncate", path_);
}

// A link cannot replace a file, a rename can.
absl::Status BlobFile::GiveTemporaryName() {
  const std::string self = absl::StrCat("/proc/self/fd/", fd_.get());
  // Of a process that had our number and was killed between link and rename.
  unlink(temporary_.c_str());
  if (linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return ErrnoStatus("link", temporary_);
  }
  has_temporary_ = true;
  return absl::OkStatus();
}

absl::Status BlobFile::Commit() {
  if (!has_temporary_) {
    ABSL_RETURN_IF_ERROR(GiveTemporaryName());
  }
  if (close(fd_.Release()) != 0) return ErrnoStatus("write", path_);
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return ErrnoStatus("write", path_);
  has_temporary_ = false;
  return absl::OkStatus();
}

}  // namespace linuxkit
