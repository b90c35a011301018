#include "tools/tar/skipping_source.h"

#include <algorithm>

#include "absl/status/status_macros.h"

namespace linuxkit {

absl::StatusOr<size_t> FileSource::Read(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const size_t count, file_.ReadAt(offset_, buffer));
  offset_ += count;
  return count;
}

absl::StatusOr<uint64_t> FileSource::Skip(uint64_t count) {
  count = std::min(count, file_.size() - std::min(file_.size(), offset_));
  offset_ += count;
  return count;
}

absl::StatusOr<uint64_t> StreamSource::Skip(uint64_t count) {
  if (count > 0) buffer_.resize(kBufferSize);
  uint64_t skipped = 0;
  while (skipped < count) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(count - skipped, buffer_.size()));
    ABSL_ASSIGN_OR_RETURN(const std::string_view got,
                          source_.Borrow(absl::MakeSpan(buffer_).first(wanted)));
    if (got.empty()) break;
    skipped += got.size();
  }
  return skipped;
}

}  // namespace linuxkit
