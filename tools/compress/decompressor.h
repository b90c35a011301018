// Decompression of a byte stream whose format its first bytes tell, as the media types of OCI
// layers often do not.
//
//   ABSL_ASSIGN_OR_RETURN(auto tar, Decompress(blob, "layer 2"));
//   ABSL_ASSIGN_OR_RETURN(const size_t count, tar->Read(buffer));
//
// gzip, xz, zstd and plain bytes are understood. Memory: the window that the data asks for, see the
// header of each format.
#ifndef TOOLS_COMPRESS_DECOMPRESSOR_H_
#define TOOLS_COMPRESS_DECOMPRESSOR_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

// Reads `source`, which must outlive the result, to its end. Damage is an error that says at which
// byte of `source`, with `name` in front if there is one.
absl::StatusOr<std::unique_ptr<ByteSource>> Decompress(ByteSource& source, std::string name = "");

// Whether the first bytes of a file, at least six if it has so many, are those of a compressed one.
// `Decompress` knows more formats than it can read, so that its error names them.
bool IsCompressed(std::string_view start);

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_DECOMPRESSOR_H_
