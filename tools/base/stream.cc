#include "tools/base/stream.h"

#include <vector>

#include "absl/status/status_macros.h"

namespace linuxkit {

absl::StatusOr<uint64_t> CopyAll(ByteSource& source, ByteSink& sink) {
  std::vector<char> buffer(kBufferSize);
  uint64_t total = 0;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source.Read(absl::MakeSpan(buffer)));
    if (count == 0) return total;
    ABSL_RETURN_IF_ERROR(sink.Append({buffer.data(), count}));
    total += count;
  }
}

}  // namespace linuxkit
