#include "tools/base/first_bytes.h"

#include <algorithm>

#include "absl/status/status_macros.h"

namespace linuxkit {

absl::StatusOr<size_t> FirstBytes::Read(absl::Span<char> buffer) {
  if (left_ == 0) return 0;
  buffer = buffer.first(static_cast<size_t>(std::min<uint64_t>(buffer.size(), left_)));
  ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer));
  left_ -= count;
  return count;
}

}  // namespace linuxkit
