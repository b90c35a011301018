#include "tools/disk/content.h"

#include <utility>

#include "absl/status/status.h"
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
  content.file_size_ = file.size();
  return content;
}

absl::StatusOr<InputFile> OpenUnchanged(const Content& content) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(content.path()));
  if (file.size() == content.size()) return file;
  return absl::DataLossError(absl::StrCat(content.path(),
                                          " changed while the image was made: it has ",
                                          file.size(), " bytes; expected ", content.size()));
}

}  // namespace linuxkit
