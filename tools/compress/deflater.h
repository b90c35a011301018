// Deflate (RFC 1951) of blocks in memory, each on its own: for image formats that store compressed
// blocks, and for streams whose parts are compressed at the same time. Keeps 256 KiB of memory.
//
//   ABSL_ASSIGN_OR_RETURN(auto deflater, Deflater::Create(Deflater::Framing::kZlib, 6));
//   ABSL_RETURN_IF_ERROR(deflater->Compress(block, output));
#ifndef TOOLS_COMPRESS_DEFLATER_H_
#define TOOLS_COMPRESS_DEFLATER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct z_stream_s;

namespace linuxkit {

class Deflater {
 public:
  enum class Framing { kRaw, kZlib };
  // How far back deflate refers.
  static constexpr size_t kWindow = 32 * 1024;

  // `level` is 1 to 9.
  static absl::StatusOr<std::unique_ptr<Deflater>> Create(Framing framing, int level);
  ~Deflater();

  // Replaces `output` by a whole stream.
  absl::Status Compress(std::string_view bytes, std::string& output);
  // Replaces `output` by a part of a raw stream that ends with a whole byte. `before` is what comes
  // before `bytes` in the stream, as much as there is up to kWindow. `last` ends the stream.
  absl::Status CompressPart(std::string_view before, std::string_view bytes, bool last,
                            std::string& output);

 private:
  Deflater();
  absl::Status Run(std::string_view bytes, int flush, std::string& output);

  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_DEFLATER_H_
