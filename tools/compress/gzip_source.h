// gzip with any number of members (RFC 1952), inflated by ISA-L. Memory: 88 KiB for tables and the
// window, besides the buffer of CompressedInput.
//
//   GzipSource plain(CompressedInput(file, "layer 2"));
//   ABSL_ASSIGN_OR_RETURN(const size_t count, plain.Read(buffer));
//
// Each call copies up to 64 KiB of window: read 128 KiB or more at a time.
#ifndef TOOLS_COMPRESS_GZIP_SOURCE_H_
#define TOOLS_COMPRESS_GZIP_SOURCE_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/compressed_input.h"

struct inflate_state;

namespace linuxkit {

class GzipSource : public ByteSource {
 public:
  static bool Recognizes(std::string_view start);
  explicit GzipSource(CompressedInput input);
  ~GzipSource() override;
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  enum class Part { kStart, kData, kTrailer };

  absl::StatusOr<bool> StartMember();
  absl::Status ReadHeader();
  absl::StatusOr<size_t> Inflate(absl::Span<char> buffer);
  absl::Status CheckTrailer();

  CompressedInput input_;
  std::unique_ptr<inflate_state> state_;
  Part part_ = Part::kStart;
  // How many of the waiting bytes the library holds already, but has not used.
  size_t ahead_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_GZIP_SOURCE_H_
