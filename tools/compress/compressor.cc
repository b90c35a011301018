#include "tools/compress/compressor.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

using Format = Compression::Format;

class Uncompressed : public Compressor {
 public:
  explicit Uncompressed(ByteSink& sink) : sink_(sink) {}
  absl::Status Append(std::string_view bytes) override { return sink_.Append(bytes); }
  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  ByteSink& sink_;
};

// Hands equal chunks to a library, whatever sizes come in, so that they cannot reach the output.
class ChunkedCompressor : public Compressor {
 public:
  explicit ChunkedCompressor(ByteSink& sink) : sink_(sink) { chunk_.reserve(kBufferSize); }

  absl::Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (chunk_.empty() && bytes.size() >= kBufferSize) {
        ABSL_RETURN_IF_ERROR(Compress(bytes.substr(0, kBufferSize), /*last=*/false));
        bytes.remove_prefix(kBufferSize);
        continue;
      }
      const size_t count = std::min(bytes.size(), kBufferSize - chunk_.size());
      chunk_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (chunk_.size() < kBufferSize) continue;
      ABSL_RETURN_IF_ERROR(Compress(chunk_, /*last=*/false));
      chunk_.clear();
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override { return Compress(chunk_, /*last=*/true); }

 protected:
  virtual absl::Status Compress(std::string_view chunk, bool last) = 0;

  std::vector<char> output_ = std::vector<char>(kBufferSize);
  ByteSink& sink_;

 private:
  std::string chunk_;
};

class GzipCompressor : public ChunkedCompressor {
 public:
  explicit GzipCompressor(ByteSink& sink) : ChunkedCompressor(sink) {}
  ~GzipCompressor() override { deflateEnd(&stream_); }

  absl::Status Init(int level) {
    constexpr int kGzipFraming = 16;
    if (deflateInit2(&stream_, level, Z_DEFLATED, MAX_WBITS + kGzipFraming, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return absl::ResourceExhaustedError("no memory for gzip compression");
    }
    header_.os = 255;  // RFC 1952: unknown. Time and name stay unset.
    deflateSetHeader(&stream_, &header_);
    return absl::OkStatus();
  }

 private:
  absl::Status Compress(std::string_view chunk, bool last) override {
    // zlib does not write to its input; the pointer is not const in builds without ZLIB_CONST.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(chunk.data()));
    stream_.avail_in = static_cast<uInt>(chunk.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
      stream_.avail_out = static_cast<uInt>(output_.size());
      deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      ABSL_RETURN_IF_ERROR(sink_.Append({output_.data(), output_.size() - stream_.avail_out}));
    } while (stream_.avail_out == 0);
    return absl::OkStatus();
  }

  z_stream stream_ = {};
  gz_header header_ = {};
};

class ZstdCompressor : public ChunkedCompressor {
 public:
  explicit ZstdCompressor(ByteSink& sink) : ChunkedCompressor(sink), context_(ZSTD_createCCtx()) {}
  ~ZstdCompressor() override { ZSTD_freeCCtx(context_); }

  // No level asks for a window beyond 128 MiB, which is the most that the kernel unpacks.
  absl::Status Init(int level) {
    if (context_ == nullptr ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1))) {
      return absl::ResourceExhaustedError("no memory for zstd compression");
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Compress(std::string_view chunk, bool last) override {
    ABSL_RETURN_IF_ERROR(Drive(chunk, ZSTD_e_continue));
    return last ? Drive({}, ZSTD_e_end) : absl::OkStatus();
  }

  absl::Status Drive(std::string_view chunk, ZSTD_EndDirective mode) {
    ZSTD_inBuffer in = {.src = chunk.data(), .size = chunk.size(), .pos = 0};
    while (true) {
      ZSTD_outBuffer out = {.dst = output_.data(), .size = output_.size(), .pos = 0};
      const size_t left = ZSTD_compressStream2(context_, &out, &in, mode);
      if (ZSTD_isError(left)) return absl::InternalError(ZSTD_getErrorName(left));
      ABSL_RETURN_IF_ERROR(sink_.Append({output_.data(), out.pos}));
      if (mode == ZSTD_e_end ? left == 0 : in.pos == in.size) return absl::OkStatus();
    }
  }

  ZSTD_CCtx* context_;
};

template <typename Library>
absl::StatusOr<std::unique_ptr<Compressor>> Start(int level, ByteSink& sink) {
  auto compressor = std::make_unique<Library>(sink);
  ABSL_RETURN_IF_ERROR(compressor->Init(level));
  return compressor;
}

}  // namespace

absl::StatusOr<int> CheckLevel(std::string_view format, int level, int fallback, int highest) {
  if (level == 0) return fallback;
  if (level >= 1 && level <= highest) return level;
  return absl::InvalidArgumentError(absl::StrCat(format, " level ", level,
                                                 " does not exist; expected 1 to ", highest,
                                                 ", or 0 for ", fallback));
}

absl::StatusOr<Format> ParseCompressionFormat(std::string_view name) {
  if (name == "none") return Format::kNone;
  if (name == "gzip") return Format::kGzip;
  if (name == "zstd") return Format::kZstd;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown compression \"", name, "\"; expected none, gzip or zstd"));
}

absl::StatusOr<std::unique_ptr<Compressor>> Compressor::Create(Compression compression,
                                                               ByteSink& sink) {
  switch (compression.format) {
    case Format::kNone:
      return std::make_unique<Uncompressed>(sink);
    case Format::kGzip: {
      ABSL_ASSIGN_OR_RETURN(const int level, CheckLevel("gzip", compression.level, 6, 9));
      return Start<GzipCompressor>(level, sink);
    }
    case Format::kZstd: {
      ABSL_ASSIGN_OR_RETURN(const int level, CheckLevel("zstd", compression.level, 3, 22));
      return Start<ZstdCompressor>(level, sink);
    }
  }
  return absl::InternalError("unreachable: unknown compression format");
}

}  // namespace linuxkit
