// What a file inside an image holds: bytes made here, or a file of the build that is never read
// into memory.
#ifndef TOOLS_DISK_CONTENT_H_
#define TOOLS_DISK_CONTENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"

namespace linuxkit {

class Content {
 public:
  static Content OfBytes(std::string bytes);
  // Notes the file's size; an error if there is no such regular file.
  static absl::StatusOr<Content> OfFile(const std::string& path);

  uint64_t size() const { return is_file() ? file_size_ : bytes_.size(); }
  bool is_file() const { return !path_.empty(); }
  // The file's path, or "" for bytes.
  const std::string& path() const { return path_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string path_;
  uint64_t file_size_ = 0;
  std::string bytes_;
};

// Opens the file that `content` is; an error if its size is not what it was.
absl::StatusOr<InputFile> OpenUnchanged(const Content& content);

// Appends it to `output`, from file to file where it is one.
absl::Status AppendContent(const Content& content, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_DISK_CONTENT_H_
