// xz with any number of streams and the padding between them (tukaani.org/xz/xz-file-format.txt).
// Memory: the dictionary and little more, 65 MiB after `xz -9`; what asks for more than 256 MiB is
// refused.
#ifndef TOOLS_COMPRESS_XZ_SOURCE_H_
#define TOOLS_COMPRESS_XZ_SOURCE_H_

#include <lzma.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/compressed_input.h"

namespace linuxkit {

class XzSource : public ByteSource {
 public:
  static bool Recognizes(std::string_view start);
  explicit XzSource(CompressedInput input);
  ~XzSource() override;
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  absl::Status Step();
  absl::Status Failure(lzma_ret result) const;

  CompressedInput input_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool usable_ = false;
  bool ended_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_XZ_SOURCE_H_
