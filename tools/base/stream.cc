#include "tools/base/stream.h"

#include <vector>

#include "absl/status/status_macros.h"

namespace linuxkit {

absl::StatusOr<std::string_view> ByteSource::Borrow(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const size_t count, Read(buffer));
  return std::string_view(buffer.data(), count);
}

absl::StatusOr<uint64_t> CopyAll(ByteSource& source, ByteSink& sink) {
  std::vector<char> buffer(kBufferSize);
  uint64_t total = 0;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::string_view bytes, source.Borrow(absl::MakeSpan(buffer)));
    if (bytes.empty()) return total;
    ABSL_RETURN_IF_ERROR(sink.Append(bytes));
    total += bytes.size();
  }
}

}  // namespace linuxkit
