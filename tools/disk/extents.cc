#include "tools/disk/extents.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
absl::Status Extents::Add(uint64_t offset, Content content) {
  if (content.size() == 0) return absl::OkStatus();
  const uint64_t end = offset + content.size();
  const auto next = pieces_.lower_bound(offset);
  const bool hits_next = next != pieces_.end() && next->first < end;
  const bool hits_previous =
      next != pieces_.begin() && std::prev(next)->first + std::prev(next)->second.size() > offset;
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
  return std::max(size_, pieces_.rbegin()->first + pieces_.rbegin()->second.size());
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
  for (const auto& [offset, content] : extents.pieces()) {
    ABSL_RETURN_IF_ERROR(output.AppendHole(offset - output.size()));
    ABSL_RETURN_IF_ERROR(AppendContent(content, output));
  }
  return output.AppendHole(extents.size() - output.size());
}

}  // namespace linuxkit
