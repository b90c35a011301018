#include "tools/disk/content.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

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
  content.file_size_ = content.size_ = file.size();
  return content;
}

Content Content::Part(uint64_t offset, uint64_t size) const {
  if (!is_file()) return OfBytes(bytes_.substr(offset, size));
  Content part = *this;
  part.file_offset_ += offset;
  part.size_ = size;
  return part;
}

absl::StatusOr<InputFile> OpenUnchanged(const Content& content) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(content.path()));
  if (file.size() == content.file_size()) return file;
  return absl::DataLossError(absl::StrCat(content.path(),
                                          " changed while the image was made: it has ", file.size(),
                                          " bytes; expected ", content.file_size()));
}

absl::Status AppendContent(const Content& content, OutputFile& output) {
  return AppendContent(content, 0, content.size(), output);
}

absl::Status AppendContent(const Content& content, uint64_t offset, uint64_t size,
                           OutputFile& output) {
  if (!content.is_file()) {
    return output.Append(std::string_view(content.bytes()).substr(offset, size));
  }
  ABSL_ASSIGN_OR_RETURN(const InputFile file, OpenUnchanged(content));
  return output.AppendRange(file, content.file_offset() + offset, size);
}

}  // namespace linuxkit
