#include "tools/disk/extent_reader.h"

#include <algorithm>
#include <cstring>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

bool ExtentReader::IsHole(uint64_t offset, uint64_t size) const {
  const auto piece = extents_.FirstBehind(offset);
  return piece == extents_.pieces().end() || piece->first >= offset + size;
}

absl::Status ExtentReader::ReadPiece(const Content& content, uint64_t offset,
                                     absl::Span<char> buffer) {
  if (!content.is_file()) {
    content.bytes().copy(buffer.data(), buffer.size(), offset);
    return absl::OkStatus();
  }
  if (!file_ || file_->path() != content.path()) {
    ABSL_ASSIGN_OR_RETURN(file_, OpenUnchanged(content));
  }
  offset += content.file_offset();
  while (!buffer.empty()) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, file_->ReadAt(offset, buffer));
    if (count == 0) {
      return absl::DataLossError(
          absl::StrCat(content.path(), " became shorter while the image was made"));
    }
    offset += count;
    buffer.remove_prefix(count);
  }
  return absl::OkStatus();
}

absl::Status ExtentReader::Read(uint64_t offset, absl::Span<char> buffer) {
  const uint64_t end = offset + buffer.size();
  std::memset(buffer.data(), 0, buffer.size());
  for (auto piece = extents_.FirstBehind(offset);
       piece != extents_.pieces().end() && piece->first < end; ++piece) {
    const uint64_t from = std::max(offset, piece->first);
    const uint64_t to = std::min(end, EndOf(*piece));
    ABSL_RETURN_IF_ERROR(
        ReadPiece(piece->second, from - piece->first, buffer.subspan(from - offset, to - from)));
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
