#include "tools/disk/extents.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::Status Extents::Add(uint64_t offset, Content content) {
  if (content.size() == 0) return absl::OkStatus();
  const uint64_t end = offset + content.size();
  const auto next = pieces_.lower_bound(offset);
  const bool hits_next = next != pieces_.end() && next->first < end;
  const bool hits_previous = next != pieces_.begin() && EndOf(*std::prev(next)) > offset;
  if (hits_next || hits_previous) {
    return absl::InternalError(
        absl::StrCat("two parts of the image overlap in bytes ", offset, " to ", end));
  }
  pieces_.emplace_hint(next, offset, std::move(content));
  return absl::OkStatus();
}

absl::Status Extents::AddAll(uint64_t offset, const Extents& other) {
  for (const auto& [at, content] : other.pieces_) {
    ABSL_RETURN_IF_ERROR(Add(offset + at, content));
  }
  return absl::OkStatus();
}

uint64_t Extents::size() const {
  if (pieces_.empty()) return size_;
  return std::max(size_, EndOf(*pieces_.rbegin()));
}

Extents::Pieces::const_iterator Extents::FirstBehind(uint64_t offset) const {
  auto piece = pieces_.upper_bound(offset);
  if (piece != pieces_.begin() && EndOf(*std::prev(piece)) > offset) --piece;
  return piece;
}

Sha256Digest Extents::Fingerprint() const {
  Sha256 hash;
  for (const auto& [offset, content] : pieces_) {
    hash.Update(absl::StrCat(offset, "+", content.size(), "\n"));
    hash.Update(content.bytes());
  }
  return hash.Finish();
}

absl::Status WriteExtents(const Extents& extents, OutputFile& output) {
  return WriteExtentRange(extents, 0, extents.size(), output);
}

absl::Status WriteExtentRange(const Extents& extents, uint64_t offset, uint64_t size,
                              OutputFile& output) {
  const uint64_t end = offset + size;
  for (auto piece = extents.FirstBehind(offset);
       piece != extents.pieces().end() && piece->first < end; ++piece) {
    const uint64_t from = std::max(offset, piece->first);
    const uint64_t to = std::min(end, EndOf(*piece));
    ABSL_RETURN_IF_ERROR(output.AppendHole(from - offset));
    ABSL_RETURN_IF_ERROR(AppendContent(piece->second, from - piece->first, to - from, output));
    offset = to;
  }
  return output.AppendHole(end - offset);
}

}  // namespace linuxkit
