#include "tools/compress/decompressor.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace linuxkit {
namespace {

// The compressed bytes that wait for the library, and how many it has taken before them.
class Input {
 public:
  explicit Input(ByteSource& source) : source_(source), buffer_(kBufferSize) {}

  // Reads until at least `count` bytes wait or the source ends.
  absl::Status Need(size_t count) {
    while (size_ < count) {
      if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, size_);
      begin_ = 0;
      ABSL_ASSIGN_OR_RETURN(const size_t got, source_.Read(absl::MakeSpan(buffer_).subspan(size_)));
      if (got == 0) break;
      size_ += got;
    }
    return absl::OkStatus();
  }
  std::string_view waiting() const { return {buffer_.data() + begin_, size_}; }
  void Take(size_t count) {
    begin_ += count;
    size_ -= count;
    offset_ += count;
  }
  uint64_t offset() const { return offset_; }

 private:
  ByteSource& source_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t size_ = 0;
  uint64_t offset_ = 0;
};

absl::Status Damaged(std::string_view format, const Input& input, std::string_view reason) {
  return absl::DataLossError(
      absl::StrCat(format, " data is damaged at byte ", input.offset(), ": ", reason));
}

absl::Status Truncated(std::string_view format, const Input& input) {
  return absl::DataLossError(
      absl::StrCat(format, " data is cut off: it ends at byte ", input.offset()));
}

class PlainSource : public ByteSource {
 public:
  explicit PlainSource(Input input) : input_(std::move(input)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    ABSL_RETURN_IF_ERROR(input_.Need(1));
    const size_t count = input_.waiting().copy(buffer.data(), buffer.size());
    input_.Take(count);
    return count;
  }

 private:
  Input input_;
};

constexpr std::string_view kGzipMagic = "\x1f\x8b";

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(Input input) : input_(std::move(input)) {
    constexpr int kGzipFraming = 16;
    usable_ = inflateInit2(&stream_, MAX_WBITS + kGzipFraming) == Z_OK;
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    if (!usable_) return absl::ResourceExhaustedError("no memory for gzip decompression");
    size_t done = 0;
    while (done == 0 && !buffer.empty()) {
      ABSL_RETURN_IF_ERROR(input_.Need(1));
      if (input_.waiting().empty()) {
        if (inside_member_) return Truncated("gzip", input_);
        break;
      }
      if (!inside_member_) {
        ABSL_RETURN_IF_ERROR(StartMember());
      }
      ABSL_ASSIGN_OR_RETURN(done, Inflate(buffer));
    }
    return done;
  }

 private:
  absl::Status StartMember() {
    ABSL_RETURN_IF_ERROR(input_.Need(kGzipMagic.size()));
    if (!absl::StartsWith(input_.waiting(), kGzipMagic)) {
      return Damaged("gzip", input_, "expected another gzip member or the end");
    }
    inflateReset(&stream_);
    inside_member_ = true;
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Inflate(absl::Span<char> buffer) {
    const std::string_view waiting = input_.waiting();
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(waiting.data()));
    stream_.avail_in = static_cast<uInt>(waiting.size());
    const size_t room = std::min<size_t>(buffer.size(), 1 << 30);
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input_.Take(waiting.size() - stream_.avail_in);
    if (result == Z_STREAM_END) {
      inside_member_ = false;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Damaged("gzip", input_, stream_.msg != nullptr ? stream_.msg : zError(result));
    }
    return room - stream_.avail_out;
  }

  Input input_;
  z_stream stream_ = {};
  bool usable_ = false;
  bool inside_member_ = false;
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(Input input) : input_(std::move(input)), context_(ZSTD_createDCtx()) {}
  ~ZstdSource() override { ZSTD_freeDCtx(context_); }

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    if (context_ == nullptr)
      return absl::ResourceExhaustedError("no memory for zstd decompression");
    ZSTD_outBuffer out = {.dst = buffer.data(), .size = buffer.size(), .pos = 0};
    while (out.pos == 0 && out.size > 0) {
      if (!may_hold_output_) {
        ABSL_RETURN_IF_ERROR(input_.Need(1));
        if (input_.waiting().empty()) {
          if (inside_frame_) return Truncated("zstd", input_);
          break;
        }
      }
      ABSL_RETURN_IF_ERROR(Step(out));
    }
    return out.pos;
  }

 private:
  absl::Status Step(ZSTD_outBuffer& out) {
    const std::string_view waiting = input_.waiting();
    ZSTD_inBuffer in = {.src = waiting.data(), .size = waiting.size(), .pos = 0};
    const size_t hint = ZSTD_decompressStream(context_, &out, &in);
    input_.Take(in.pos);
    if (ZSTD_isError(hint)) return Damaged("zstd", input_, ZSTD_getErrorName(hint));
    inside_frame_ = hint != 0;
    may_hold_output_ = out.pos == out.size && inside_frame_;
    return absl::OkStatus();
  }

  Input input_;
  ZSTD_DCtx* context_;
  bool inside_frame_ = false;
  bool may_hold_output_ = false;
};

bool IsZstd(std::string_view start) {
  constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";
  constexpr std::string_view kSkippableMagic = "\x2a\x4d\x18";  // after 0x50 to 0x5f
  if (start.size() < kMagic.size()) return false;
  return absl::StartsWith(start, kMagic) ||
         ((static_cast<unsigned char>(start[0]) & 0xf0) == 0x50 &&
          absl::StartsWith(start.substr(1), kSkippableMagic));
}

// The name of a format that would otherwise pass as plain bytes and fail later with a riddle.
std::string_view UnsupportedFormat(std::string_view start) {
  using std::string_view_literals::operator""sv;
  if (absl::StartsWith(start,
                       "\xfd"
                       "7zXZ\0"sv)) {
    return "xz";
  }
  if (absl::StartsWith(start, "BZh")) return "bzip2";
  return "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> Decompress(ByteSource& source) {
  Input input(source);
  ABSL_RETURN_IF_ERROR(input.Need(6));
  const std::string_view start = input.waiting();
  if (absl::StartsWith(start, kGzipMagic)) return std::make_unique<GzipSource>(std::move(input));
  if (IsZstd(start)) return std::make_unique<ZstdSource>(std::move(input));
  if (const std::string_view format = UnsupportedFormat(start); !format.empty()) {
    return absl::UnimplementedError(
        absl::StrCat("compressed with ", format, "; expected gzip, zstd or no compression"));
  }
  return std::make_unique<PlainSource>(std::move(input));
}

}  // namespace linuxkit
