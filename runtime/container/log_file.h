// A log that cannot fill the memory: when it reaches its limit it becomes PATH.1 (the former PATH.1
// goes) and starts anew.
#ifndef RUNTIME_CONTAINER_LOG_FILE_H_
#define RUNTIME_CONTAINER_LOG_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/base/fd.h"

namespace linuxkit {

class LogFile {
 public:
  // /var is a tmpfs: two files of 1 MiB for each of two streams bound what a chatty service can
  // take.
  static constexpr size_t kLimit = size_t{1} << 20;

  explicit LogFile(std::string path, size_t limit = kLimit);

  // Appends all of `text`. A file ends with a complete line if a line fits at all.
  absl::Status Append(std::string_view text);
  const std::string& path() const { return path_; }

 private:
  absl::Status Open();
  absl::Status Write(std::string_view text);
  absl::Status Rotate();

  std::string path_;
  size_t limit_;
  size_t size_ = 0;
  Fd fd_;
};

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_LOG_FILE_H_
