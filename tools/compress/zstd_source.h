// zstd with any number of frames, skippable ones too (RFC 8878). Memory: the frame's window, up to
// 128 MiB (8 MiB at the levels in common use).
#ifndef TOOLS_COMPRESS_ZSTD_SOURCE_H_
#define TOOLS_COMPRESS_ZSTD_SOURCE_H_

#include <zstd.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/compressed_input.h"

namespace linuxkit {

class ZstdSource : public ByteSource {
 public:
  static bool Recognizes(std::string_view start);
  explicit ZstdSource(CompressedInput input);
  ~ZstdSource() override;
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  absl::Status Step(ZSTD_outBuffer& out);

  CompressedInput input_;
  ZSTD_DCtx* context_;
  bool inside_frame_ = false;
  bool may_hold_output_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_ZSTD_SOURCE_H_
