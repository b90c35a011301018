// Compression of a byte stream. The result depends on the bytes and the settings only, never on
// threads or chunk sizes.
//
//   ABSL_ASSIGN_OR_RETURN(auto zstd, Compressor::Create({.level = 9}, file));
//   ABSL_RETURN_IF_ERROR(zstd->Append("hello"));
//   ABSL_RETURN_IF_ERROR(zstd->Finish());
#ifndef TOOLS_COMPRESS_COMPRESSOR_H_
#define TOOLS_COMPRESS_COMPRESSOR_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

// Settings of a compressed stream; `level` 0 is the format's own default here (zstd 3, gzip 6).
struct Compression {
  enum class Format { kNone, kGzip, kZstd };
  Format format = Format::kZstd;
  int level = 0;
};

// `level`, or `fallback` for 0; an error outside of 1 to `highest`.
absl::StatusOr<int> CheckLevel(std::string_view format, int level, int fallback, int highest);

// "none", "gzip" or "zstd", as users and rules write it.
absl::StatusOr<Compression::Format> ParseCompressionFormat(std::string_view name);

class Compressor : public ByteSink {
 public:
  // Writes to `sink`, which must outlive it.
  static absl::StatusOr<std::unique_ptr<Compressor>> Create(Compression compression,
                                                            ByteSink& sink);
  // Writes what is still held back and ends the stream. To be called once, as the last call.
  virtual absl::Status Finish() = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_COMPRESSOR_H_
