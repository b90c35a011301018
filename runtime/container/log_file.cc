#include "runtime/container/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/status/status_macros.h"
#include "runtime/base/file.h"

namespace linuxkit {

LogFile::LogFile(std::string path, size_t limit) : path_(std::move(path)), limit_(limit) {}

absl::Status LogFile::Append(std::string_view text) {
  while (!text.empty()) {
    if (!fd_.ok()) {
      ABSL_RETURN_IF_ERROR(Open());
    }
    const size_t room = size_ < limit_ ? limit_ - size_ : 0;
    std::string_view part = text;
    if (part.size() > room) part = text.substr(0, text.substr(0, room).rfind('\n') + 1);
    // The next line fits into no file: break it rather than lose it.
    if (part.empty() && size_ == 0) part = text.substr(0, room);
    ABSL_RETURN_IF_ERROR(Write(part));
    text.remove_prefix(part.size());
    if (!text.empty()) {
      ABSL_RETURN_IF_ERROR(Rotate());
    }
  }
  return absl::OkStatus();
}

absl::Status LogFile::Open() {
  fd_ = Fd(open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd_.ok()) return SystemError(errno, path_);
  struct stat info;
  if (fstat(fd_.get(), &info) != 0) return SystemError(errno, path_);
  size_ = static_cast<size_t>(info.st_size);
  return absl::OkStatus();
}

absl::Status LogFile::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd_.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(errno, path_);
    size_ += static_cast<size_t>(count);
    text.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status LogFile::Rotate() {
  fd_.Close();
  if (rename(path_.c_str(), (path_ + ".1").c_str()) != 0 && errno != ENOENT) {
    return SystemError(errno, path_);
  }
  return Open();
}

}  // namespace linuxkit
