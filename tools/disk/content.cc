#include "tools/disk/content.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "tools/base/file.h"

namespace linuxkit {

Content Content::OfBytes(std::string bytes) {
  Content content;
  content.bytes_ = std::move(bytes);
  return content;
}

absl::StatusOr<Content> Content::OfFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  Content content;
  content.path_ = path;
  content.file_size_ = file.size();
  return content;
}

}  // namespace linuxkit
