#include "tools/compress/zstd_source.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"

namespace linuxkit {

bool ZstdSource::Recognizes(std::string_view start) {
  constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";
  constexpr std::string_view kSkippableMagic = "\x2a\x4d\x18";  // after 0x50 to 0x5f
  if (start.size() < kMagic.size()) return false;
  return absl::StartsWith(start, kMagic) ||
         ((static_cast<unsigned char>(start[0]) & 0xf0) == 0x50 &&
          absl::StartsWith(start.substr(1), kSkippableMagic));
}

ZstdSource::ZstdSource(CompressedInput input)
    : input_(std::move(input)), context_(ZSTD_createDCtx()) {}

ZstdSource::~ZstdSource() { ZSTD_freeDCtx(context_); }

absl::StatusOr<size_t> ZstdSource::Read(absl::Span<char> buffer) {
  if (context_ == nullptr) return absl::ResourceExhaustedError("no memory for zstd decompression");
  ZSTD_outBuffer out = {.dst = buffer.data(), .size = buffer.size(), .pos = 0};
  while (out.pos == 0 && out.size > 0) {
    if (!may_hold_output_) {
      ABSL_RETURN_IF_ERROR(input_.Need(1));
      if (input_.waiting().empty()) {
        if (inside_frame_) return input_.CutOff("zstd");
        break;
      }
    }
    ABSL_RETURN_IF_ERROR(Step(out));
  }
  return out.pos;
}

absl::Status ZstdSource::Step(ZSTD_outBuffer& out) {
  const std::string_view waiting = input_.waiting();
  ZSTD_inBuffer in = {.src = waiting.data(), .size = waiting.size(), .pos = 0};
  const size_t hint = ZSTD_decompressStream(context_, &out, &in);
  input_.Take(in.pos);
  if (ZSTD_isError(hint)) return input_.Damaged("zstd", ZSTD_getErrorName(hint));
  inside_frame_ = hint != 0;
  may_hold_output_ = out.pos == out.size && inside_frame_;
  return absl::OkStatus();
}

}  // namespace linuxkit
