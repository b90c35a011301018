// What a file inside an image holds: bytes made here, or a file of the build, or a part of one,
// that is never read into memory.
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
  // The bytes [offset, offset + size), which must be there.
  Content Part(uint64_t offset, uint64_t size) const;

  uint64_t size() const { return is_file() ? size_ : bytes_.size(); }
  bool is_file() const { return !path_.empty(); }
  // The file's path, or "" for bytes.
  const std::string& path() const { return path_; }
  // Where in the file it begins.
  uint64_t file_offset() const { return file_offset_; }
  // Of the whole file.
  uint64_t file_size() const { return file_size_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string path_;
  uint64_t file_offset_ = 0;
  uint64_t file_size_ = 0;
  uint64_t size_ = 0;  // of what it holds of the file
  std::string bytes_;
};

// Opens the file that `content` is of; an error if its size is not what it was.
absl::StatusOr<InputFile> OpenUnchanged(const Content& content);

// Appends it, or its bytes [offset, offset + size), to `output`, from file to file where it is one.
absl::Status AppendContent(const Content& content, OutputFile& output);
absl::Status AppendContent(const Content& content, uint64_t offset, uint64_t size,
                           OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_DISK_CONTENT_H_
