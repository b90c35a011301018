// What the decompressors of all formats share: the compressed bytes that wait for the library, and
// the errors that say where in them something is wrong.
#ifndef TOOLS_COMPRESS_COMPRESSED_INPUT_H_
#define TOOLS_COMPRESS_COMPRESSED_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/stream.h"

namespace linuxkit {

class CompressedInput {
 public:
  // `name` stands in messages, if it is not empty. `source` must outlive it.
  CompressedInput(ByteSource& source, std::string name)
      : source_(source), name_(std::move(name)), buffer_(kBufferSize) {}

  // Reads until at least `count` bytes wait or the source ends.
  absl::Status Need(size_t count);
  std::string_view waiting() const { return {buffer_.data() + begin_, size_}; }
  // The library has taken `count` of the waiting bytes.
  void Take(size_t count);

  // An error at the byte that waits first.
  absl::Status Damaged(std::string_view format, std::string_view reason) const;
  // The source ended too early.
  absl::Status CutOff(std::string_view format) const;
  // Any other error, with the name in front.
  absl::Status Error(absl::StatusCode code, std::string_view message) const;

 private:
  ByteSource& source_;
  std::string name_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t size_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_COMPRESSED_INPUT_H_
