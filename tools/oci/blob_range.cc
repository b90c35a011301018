#include "tools/oci/blob_range.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// A range of a file together with the open file.
class OwningRange : public ByteSource {
 public:
  OwningRange(InputFile file, const BlobRange& range)
      : file_(std::move(file)), range_(file_, range.offset, range.size) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return range_.Read(buffer); }

 private:
  InputFile file_;
  FileRange range_;
};

}  // namespace

absl::StatusOr<BlobRange> BlobRange::OfFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  return BlobRange{.path = path, .offset = 0, .size = file.size()};
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenRange(const BlobRange& range) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(range.path));
  return std::make_unique<OwningRange>(std::move(file), range);
}

absl::StatusOr<std::string> ReadRange(std::string_view name, const BlobRange& range,
                                      uint64_t limit) {
  if (range.size > limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, " has ", range.size, " bytes; expected at most ", limit));
  }
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(range.path));
  std::string content(range.size, '\0');
  ABSL_ASSIGN_OR_RETURN(const size_t count, file.ReadAt(range.offset, absl::MakeSpan(content)));
  content.resize(count);
  return content;
}

}  // namespace linuxkit
