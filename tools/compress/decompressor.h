// Decompression of a byte stream whose format its first bytes tell, as the media types of OCI
// layers often do not.
//
//   ABSL_ASSIGN_OR_RETURN(auto tar, Decompress(blob));
//   ABSL_ASSIGN_OR_RETURN(const size_t count, tar->Read(buffer));
//
// gzip with any number of members, zstd with any number of frames (skippable ones too) and plain
// bytes are understood. Memory: the format's window, 32 KiB for gzip and up to 128 MiB for zstd (8
// MiB at the levels in common use).
#ifndef TOOLS_COMPRESS_DECOMPRESSOR_H_
#define TOOLS_COMPRESS_DECOMPRESSOR_H_

#include <memory>

#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

// Reads `source`, which must outlive the result, to its end. Damage is an error that says at which
// byte of `source`.
absl::StatusOr<std::unique_ptr<ByteSource>> Decompress(ByteSource& source);

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_DECOMPRESSOR_H_
