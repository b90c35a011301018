// Sources that can pass over bytes which nobody needs.
#ifndef TOOLS_TAR_SKIPPING_SOURCE_H_
#define TOOLS_TAR_SKIPPING_SOURCE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"

namespace linuxkit {

class SkippingSource : public ByteSource {
 public:
  // Passes over up to `count` bytes and returns how many; fewer only at the end.
  virtual absl::StatusOr<uint64_t> Skip(uint64_t count) = 0;
};

// A file from its beginning. Skipping costs nothing. `file` must outlive it.
class FileSource : public SkippingSource {
 public:
  explicit FileSource(const InputFile& file) : file_(file) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::StatusOr<uint64_t> Skip(uint64_t count) override;

 private:
  const InputFile& file_;
  uint64_t offset_ = 0;
};

// Any source, which must outlive it. Skipping is reading.
class StreamSource : public SkippingSource {
 public:
  explicit StreamSource(ByteSource& source) : source_(source) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return source_.Read(buffer); }
  absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer) override {
    return source_.Borrow(buffer);
  }
  absl::StatusOr<uint64_t> Skip(uint64_t count) override;

 private:
  ByteSource& source_;
  std::vector<char> buffer_;
};

}  // namespace linuxkit

#endif  // TOOLS_TAR_SKIPPING_SOURCE_H_
