#include "tools/segment/blob_locations.h"

#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// A range of a file together with the open file.
class OwningRange : public ByteSource {
 public:
  OwningRange(InputFile file, uint64_t offset, uint64_t size)
      : file_(std::move(file)), range_(file_, offset, size) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return range_.Read(buffer); }

 private:
  InputFile file_;
  FileRange range_;
};

}  // namespace

absl::Status BlobLocations::Add(std::string_view flag) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(flag, absl::MaxSplits('=', 1));
  Location location = {.path = std::string(parts.second)};
  // From the right, so that a path may contain colons; a file name of that very form must be given
  // with its range.
  const std::vector<std::string_view> words = absl::StrSplit(parts.second, ':');
  if (words.size() >= 3 && absl::SimpleAtoi(words[words.size() - 2], &location.offset) &&
      absl::SimpleAtoi(words.back(), &location.size)) {
    location.whole_file = false;
    location.path.resize(location.path.size() - words.back().size() -
                         words[words.size() - 2].size() - 2);
  }
  if (parts.first.empty() || location.path.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--blob=", flag, ": expected DIGEST=PATH or DIGEST=PATH:OFFSET:SIZE"));
  }
  locations_.insert_or_assign(std::string(parts.first), std::move(location));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ByteSource>> BlobLocations::Open(std::string_view digest) const {
  Location location;
  if (const auto found = locations_.find(digest); found != locations_.end()) {
    location = found->second;
  } else if (!layout_.empty()) {
    location.path = absl::StrCat(layout_, "/blobs/", absl::StrReplaceAll(digest, {{":", "/"}}));
  } else {
    return absl::NotFoundError(
        absl::StrCat("no --blob says where ", digest, " is, and there is no --layout"));
  }
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(location.path));
  const uint64_t size = location.whole_file ? file.size() : location.size;
  return std::make_unique<OwningRange>(std::move(file), location.offset, size);
}

}  // namespace linuxkit
