// The beginning of a byte stream, where what follows belongs to somebody else.
#ifndef TOOLS_BASE_FIRST_BYTES_H_
#define TOOLS_BASE_FIRST_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"

namespace linuxkit {

// The first `size` bytes of a source, which must outlive it.
class FirstBytes : public ByteSource {
 public:
  FirstBytes(ByteSource& source, uint64_t size) : source_(source), left_(size) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  ByteSource& source_;
  uint64_t left_;
};

}  // namespace linuxkit

#endif  // TOOLS_BASE_FIRST_BYTES_H_
