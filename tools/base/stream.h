// Byte streams: where writers put bytes and readers take them, one buffer at a time.
#ifndef TOOLS_BASE_STREAM_H_
#define TOOLS_BASE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace linuxkit {

// The size of every I/O buffer: large enough that system calls do not show in a profile, small
// enough to stay in cache.
inline constexpr size_t kBufferSize = 128 * 1024;

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual absl::Status Append(std::string_view bytes) = 0;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to buffer.size() bytes; 0 means the end.
  virtual absl::StatusOr<size_t> Read(absl::Span<char> buffer) = 0;
  // The same without a copy where the source has the bytes in memory: they lie there or in
  // `buffer`, until the next call of either.
  virtual absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer);
};

// Collects into a string; for tests and for small documents.
class StringSink : public ByteSink {
 public:
  absl::Status Append(std::string_view bytes) override {
    data_.append(bytes);
    return absl::OkStatus();
  }
  const std::string& data() const { return data_; }

 private:
  std::string data_;
};

// Reads from memory that must outlive it.
class StringSource : public ByteSource {
 public:
  explicit StringSource(std::string_view data) : data_(data) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const size_t count = data_.copy(buffer.data(), buffer.size());
    data_.remove_prefix(count);
    return count;
  }
  absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer) override {
    const std::string_view bytes = data_.substr(0, buffer.size());
    data_.remove_prefix(bytes.size());
    return bytes;
  }

 private:
  std::string_view data_;
};

// Copies all of `source` to `sink` and returns the number of bytes.
absl::StatusOr<uint64_t> CopyAll(ByteSource& source, ByteSink& sink);

}  // namespace linuxkit

#endif  // TOOLS_BASE_STREAM_H_
