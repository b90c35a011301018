// gzip with any number of members (RFC 1952). Memory: 32 KiB.
#ifndef TOOLS_COMPRESS_GZIP_SOURCE_H_
#define TOOLS_COMPRESS_GZIP_SOURCE_H_

#include <zlib.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/compressed_input.h"

namespace linuxkit {

class GzipSource : public ByteSource {
 public:
  static bool Recognizes(std::string_view start);
  explicit GzipSource(CompressedInput input);
  ~GzipSource() override;
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  absl::Status StartMember();
  absl::StatusOr<size_t> Inflate(absl::Span<char> buffer);

  CompressedInput input_;
  z_stream stream_ = {};
  bool usable_ = false;
  bool inside_member_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_GZIP_SOURCE_H_
