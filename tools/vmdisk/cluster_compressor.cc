#include "tools/vmdisk/cluster_compressor.h"

#include <zlib.h>
#include <zstd.h>

#include <vector>

#include "absl/status/status_macros.h"
#include "tools/vmdisk/qcow2_format.h"

namespace linuxkit {
namespace {

class Deflate : public ClusterCompressor {
 public:
  ~Deflate() override { deflateEnd(&stream_); }

  absl::Status Init(int level) {
    if (deflateInit2(&stream_, level, Z_DEFLATED, kQcow2WindowBits, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) == Z_OK) {
      return absl::OkStatus();
    }
    return absl::ResourceExhaustedError("no memory for deflate compression");
  }

  absl::StatusOr<std::string_view> Compress(std::string_view cluster) override {
    deflateReset(&stream_);
    // zlib does not write to its input; the pointer is not const in builds without ZLIB_CONST.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(cluster.data()));
    stream_.avail_in = static_cast<uInt>(cluster.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
    stream_.avail_out = static_cast<uInt>(output_.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return "";
    return std::string_view(output_.data(), output_.size() - stream_.avail_out);
  }

 private:
  z_stream stream_ = {};
  std::vector<char> output_ = std::vector<char>(kQcow2Cluster - 1);
};

class Zstd : public ClusterCompressor {
 public:
  ~Zstd() override { ZSTD_freeCCtx(context_); }

  absl::Status Init(int level) {
    if (context_ != nullptr &&
        !ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level))) {
      return absl::OkStatus();
    }
    return absl::ResourceExhaustedError("no memory for zstd compression");
  }

  absl::StatusOr<std::string_view> Compress(std::string_view cluster) override {
    const size_t size =
        ZSTD_compress2(context_, output_.data(), output_.size(), cluster.data(), cluster.size());
    if (ZSTD_isError(size)) return absl::InternalError(ZSTD_getErrorName(size));
    return size < cluster.size() ? std::string_view(output_.data(), size) : "";
  }

 private:
  ZSTD_CCtx* context_ = ZSTD_createCCtx();
  std::vector<char> output_ = std::vector<char>(ZSTD_compressBound(kQcow2Cluster));
};

template <typename Library>
absl::StatusOr<std::unique_ptr<ClusterCompressor>> Start(int level) {
  auto compressor = std::make_unique<Library>();
  ABSL_RETURN_IF_ERROR(compressor->Init(level));
  return compressor;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ClusterCompressor>> ClusterCompressor::Create(
    const Compression& compression) {
  if (compression.format == Compression::Format::kZstd) {
    ABSL_ASSIGN_OR_RETURN(const int level, CheckLevel("zstd", compression.level, 3, 22));
    return Start<Zstd>(level);
  }
  ABSL_ASSIGN_OR_RETURN(const int level, CheckLevel("deflate", compression.level, 6, 9));
  return Start<Deflate>(level);
}

}  // namespace linuxkit
