#include "tools/compress/deflater.h"

#include <zlib.h>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// zlib does not write to its input; the pointer is not const in builds without ZLIB_CONST.
Bytef* AsInput(std::string_view bytes) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

}  // namespace

Deflater::Deflater() : stream_(std::make_unique<z_stream>()) {}

Deflater::~Deflater() { deflateEnd(stream_.get()); }

absl::StatusOr<std::unique_ptr<Deflater>> Deflater::Create(Framing framing, int level) {
  std::unique_ptr<Deflater> deflater(new Deflater());
  if (deflateInit2(deflater->stream_.get(), level, Z_DEFLATED,
                   framing == Framing::kRaw ? -MAX_WBITS : MAX_WBITS, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for deflate compression of level ", level));
  }
  return deflater;
}

absl::Status Deflater::Run(std::string_view bytes, int flush, std::string& output) {
  // The bound is for a stream that is ended; a flush takes five bytes and up to seven bits more.
  constexpr size_t kFlush = 6;
  output.resize(deflateBound(stream_.get(), static_cast<uLong>(bytes.size())) + kFlush);
  stream_->next_in = AsInput(bytes);
  stream_->avail_in = static_cast<uInt>(bytes.size());
  stream_->next_out = reinterpret_cast<Bytef*>(output.data());
  stream_->avail_out = static_cast<uInt>(output.size());
  const int result = deflate(stream_.get(), flush);
  if (result != (flush == Z_FINISH ? Z_STREAM_END : Z_OK) || stream_->avail_out == 0) {
    return absl::InternalError(absl::StrCat("zlib could not compress ", bytes.size(),
                                            " bytes into ", output.size(), ": error ", result));
  }
  output.resize(output.size() - stream_->avail_out);
  return absl::OkStatus();
}

absl::Status Deflater::Compress(std::string_view bytes, std::string& output) {
  deflateReset(stream_.get());
  return Run(bytes, Z_FINISH, output);
}

absl::Status Deflater::CompressPart(std::string_view before, std::string_view bytes, bool last,
                                    std::string& output) {
  deflateReset(stream_.get());
  deflateSetDictionary(stream_.get(), AsInput(before), static_cast<uInt>(before.size()));
  return Run(bytes, last ? Z_FINISH : Z_SYNC_FLUSH, output);
}

}  // namespace linuxkit
