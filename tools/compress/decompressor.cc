#include "tools/compress/decompressor.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/compress/compressed_input.h"
#include "tools/compress/gzip_source.h"
#include "tools/compress/xz_source.h"
#include "tools/compress/zstd_source.h"

namespace linuxkit {
namespace {

// The longest magic number, that of xz.
constexpr size_t kMagicBytes = 6;

class PlainSource : public ByteSource {
 public:
  explicit PlainSource(CompressedInput input) : input_(std::move(input)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    ABSL_RETURN_IF_ERROR(input_.Need(1));
    const size_t count = input_.waiting().copy(buffer.data(), buffer.size());
    input_.Take(count);
    return count;
  }
  absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer) override {
    ABSL_RETURN_IF_ERROR(input_.Need(1));
    const std::string_view bytes = input_.waiting().substr(0, buffer.size());
    input_.Take(bytes.size());
    return bytes;
  }

 private:
  CompressedInput input_;
};

// The name of a format that would otherwise pass as plain bytes and fail later with a riddle.
std::string_view UnsupportedFormat(std::string_view start) {
  if (absl::StartsWith(start, "BZh")) return "bzip2";
  if (absl::StartsWith(start, "\x04\x22\x4d\x18")) return "lz4";
  return "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> Decompress(ByteSource& source, std::string name) {
  CompressedInput input(source, std::move(name));
  ABSL_RETURN_IF_ERROR(input.Need(kMagicBytes));
  const std::string_view start = input.waiting();
  if (GzipSource::Recognizes(start)) return std::make_unique<GzipSource>(std::move(input));
  if (XzSource::Recognizes(start)) return std::make_unique<XzSource>(std::move(input));
  if (ZstdSource::Recognizes(start)) return std::make_unique<ZstdSource>(std::move(input));
  if (const std::string_view format = UnsupportedFormat(start); !format.empty()) {
    return input.Error(
        absl::StatusCode::kUnimplemented,
        absl::StrCat("compressed with ", format, "; expected gzip, xz, zstd or no compression"));
  }
  return std::make_unique<PlainSource>(std::move(input));
}

bool IsCompressed(std::string_view start) {
  return GzipSource::Recognizes(start) || XzSource::Recognizes(start) ||
         ZstdSource::Recognizes(start) || !UnsupportedFormat(start).empty();
}

}  // namespace linuxkit
