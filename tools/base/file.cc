#include "tools/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

absl::Status ErrnoStatus(std::string_view doing, std::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", doing, " ", path));
}

bool HasBytes(int fd) {
  char byte;
  return pread(fd, &byte, 1, 0) == 1;
}

// Appends up to `count` bytes of `fd` to `content`; fewer only at its end.
absl::Status ReadUpTo(int fd, const std::string& path, uint64_t count, std::string& content) {
  std::vector<char> buffer(std::min<uint64_t>(count, kBufferSize));
  while (count > 0) {
    const ssize_t got = read(fd, buffer.data(), std::min<uint64_t>(count, buffer.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("read", path);
    if (got == 0) break;
    content.append(buffer.data(), static_cast<size_t>(got));
    count -= static_cast<uint64_t>(got);
  }
  return absl::OkStatus();
}

// "9 bytes" if the file says its size, else what is known of it.
std::string SizeBeyond(int fd, uint64_t limit) {
  struct stat info;
  const bool says = fstat(fd, &info) == 0 && static_cast<uint64_t>(info.st_size) > limit;
  return says ? absl::StrCat(info.st_size, " bytes") : absl::StrCat("more than ", limit, " bytes");
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

int FileDescriptor::Release() { return std::exchange(fd_, -1); }

absl::StatusOr<FileDescriptor> CreateFile(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoStatus("create", path);
  FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (fd.get() < 0) return ErrnoStatus("create", path);
  return fd;
}

absl::Status MakePrivateDirectory(const std::string& path) {
  struct stat info;
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoStatus("create", path);
  if (lstat(path.c_str(), &info) != 0) return ErrnoStatus("stat", path);
  const auto refuse = [&](std::string_view found) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, " is ", found, "; expected a directory that only its owner, user ",
                     geteuid(), ", can write to"));
  };
  if (!S_ISDIR(info.st_mode)) return refuse(S_ISLNK(info.st_mode) ? "a symlink" : "no directory");
  if (info.st_uid != geteuid()) return refuse(absl::StrCat("of user ", info.st_uid));
  if ((info.st_mode & 022) != 0) {
    return refuse(absl::StrFormat("a directory of mode %04o", info.st_mode & 07777));
  }
  return absl::OkStatus();
}

InputFile::InputFile(FileDescriptor fd, std::string path, uint64_t size)
    : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  // Without blocking: a named pipe that nobody writes to is refused below.
  FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return ErrnoStatus("open", path);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return ErrnoStatus("stat", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  }
  if (info.st_size == 0 && HasBytes(fd.get())) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " has bytes but no size, as files of /proc have; expected a file on a disk"));
  }
  return InputFile(std::move(fd), path, static_cast<uint64_t>(info.st_size));
}

absl::StatusOr<size_t> InputFile::ReadAt(uint64_t offset, absl::Span<char> buffer) const {
  size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count =
        pread(fd(), buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus("read", path_);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

FileRange::FileRange(const InputFile& file, uint64_t offset, uint64_t size)
    : file_(file), offset_(offset), left_(size) {}

absl::StatusOr<size_t> FileRange::Read(absl::Span<char> buffer) {
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left_, buffer.size()));
  ABSL_ASSIGN_OR_RETURN(const size_t count, file_.ReadAt(offset_, buffer.first(wanted)));
  offset_ += count;
  left_ -= count;
  if (count < wanted) {
    return absl::DataLossError(absl::StrCat(file_.path(), " ended ", left_, " bytes too early"));
  }
  return count;
}

OutputFile::OutputFile(FileDescriptor fd, std::string path, std::string temporary)
    : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {
  buffer_.reserve(kBufferSize);
}

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  std::string temporary = absl::StrCat(path, ".partial");
  ABSL_ASSIGN_OR_RETURN(FileDescriptor fd, CreateFile(temporary));
  return std::unique_ptr<OutputFile>(new OutputFile(std::move(fd), path, std::move(temporary)));
}

OutputFile::~OutputFile() {
  if (fd_.get() >= 0) unlink(temporary_.c_str());
}

absl::Status OutputFile::WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus("write", path_);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Flush() {
  ABSL_RETURN_IF_ERROR(WriteAll(buffer_));
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status OutputFile::Append(std::string_view bytes) {
  size_ += bytes.size();
  if (!bytes.empty()) ends_in_hole_ = false;
  if (buffer_.size() + bytes.size() > kBufferSize) {
    ABSL_RETURN_IF_ERROR(Flush());
  }
  if (bytes.size() >= kBufferSize) return WriteAll(bytes);
  buffer_.append(bytes);
  return absl::OkStatus();
}

absl::Status OutputFile::AppendHole(uint64_t size) {
  if (size == 0) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(Flush());
  if (lseek(fd_.get(), static_cast<off_t>(size), SEEK_CUR) < 0)
    return ErrnoStatus("seek in", path_);
  size_ += size;
  ends_in_hole_ = true;
  return absl::OkStatus();
}

absl::Status OutputFile::CoverHole() {
  if (!ends_in_hole_) return absl::OkStatus();
  if (ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) return ErrnoStatus("extend", path_);
  return absl::OkStatus();
}

absl::Status OutputFile::AppendFile(const InputFile& file) {
  return AppendRange(file, 0, file.size());
}

absl::Status OutputFile::AppendRange(const InputFile& file, uint64_t offset, uint64_t size) {
  ABSL_RETURN_IF_ERROR(Flush());
  auto from = static_cast<off_t>(offset);
  uint64_t left = size;
  if (left > 0) ends_in_hole_ = false;
  while (left > 0) {
    const ssize_t count = copy_file_range(file.fd(), &from, fd_.get(), nullptr, left, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;  // Not supported between these file systems: copy the rest by hand.
    left -= static_cast<uint64_t>(count);
    size_ += static_cast<uint64_t>(count);
  }
  FileRange rest(file, static_cast<uint64_t>(from), left);
  return CopyAll(rest, *this).status();
}

absl::Status OutputFile::WriteAt(uint64_t offset, std::string_view bytes) {
  if (offset > size_ || bytes.size() > size_ - offset) {
    return absl::InternalError(absl::StrCat("cannot replace ", bytes.size(), " bytes at ", offset,
                                            " of ", path_, ", which has ", size_));
  }
  ABSL_RETURN_IF_ERROR(Flush());
  while (!bytes.empty()) {
    const ssize_t count = pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus("write", path_);
    offset += static_cast<uint64_t>(count);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Restart() {
  buffer_.clear();
  size_ = 0;
  ends_in_hole_ = false;
  if (ftruncate(fd_.get(), 0) != 0 || lseek(fd_.get(), 0, SEEK_SET) != 0) {
    return ErrnoStatus("truncate", temporary_);
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  ABSL_RETURN_IF_ERROR(Flush());
  ABSL_RETURN_IF_ERROR(CoverHole());
  if (close(fd_.Release()) != 0 || rename(temporary_.c_str(), path_.c_str()) != 0) {
    const absl::Status status = ErrnoStatus("write", path_);
    unlink(temporary_.c_str());
    return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t limit) {
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return ErrnoStatus("open", path);
  std::string content;
  ABSL_RETURN_IF_ERROR(ReadUpTo(fd.get(), path, limit + 1, content));
  if (content.size() <= limit) return content;
  return absl::ResourceExhaustedError(
      absl::StrCat(path, " has ", SizeBeyond(fd.get(), limit), "; expected at most ", limit));
}

absl::Status WriteFile(const std::string& path, std::string_view bytes) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(file->Append(bytes));
  return file->Commit();
}

}  // namespace linuxkit
