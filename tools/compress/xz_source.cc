#include "tools/compress/xz_source.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Four times what `xz -9` needs.
constexpr uint64_t kMemoryLimit = uint64_t{256} << 20;

}  // namespace

bool XzSource::Recognizes(std::string_view start) {
  constexpr std::string_view kMagic("\xfd\x37zXZ\0", 6);
  return absl::StartsWith(start, kMagic);
}

XzSource::XzSource(CompressedInput input) : input_(std::move(input)) {
  // A checksum that cannot be verified is an error like one that is wrong.
  constexpr uint32_t kFlags = LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK;
  usable_ = lzma_stream_decoder(&stream_, kMemoryLimit, kFlags) == LZMA_OK;
}

XzSource::~XzSource() { lzma_end(&stream_); }

absl::StatusOr<size_t> XzSource::Read(absl::Span<char> buffer) {
  if (!usable_) return absl::ResourceExhaustedError("no memory for xz decompression");
  stream_.next_out = reinterpret_cast<uint8_t*>(buffer.data());
  stream_.avail_out = buffer.size();
  while (!ended_ && !buffer.empty() && stream_.avail_out == buffer.size()) {
    ABSL_RETURN_IF_ERROR(input_.Need(1));
    ABSL_RETURN_IF_ERROR(Step());
  }
  return buffer.size() - stream_.avail_out;
}

absl::Status XzSource::Step() {
  const std::string_view waiting = input_.waiting();
  stream_.next_in = reinterpret_cast<const uint8_t*>(waiting.data());
  stream_.avail_in = waiting.size();
  const lzma_ret result = lzma_code(&stream_, waiting.empty() ? LZMA_FINISH : LZMA_RUN);
  input_.Take(waiting.size() - stream_.avail_in);
  ended_ = result == LZMA_STREAM_END;
  return result == LZMA_OK || ended_ ? absl::OkStatus() : Failure(result);
}

absl::Status XzSource::Failure(lzma_ret result) const {
  switch (result) {
    case LZMA_BUF_ERROR:
      return input_.CutOff("xz");
    case LZMA_OPTIONS_ERROR:
      return input_.Damaged("xz", "it asks for a filter or an option that does not exist");
    case LZMA_UNSUPPORTED_CHECK:
      return input_.Damaged("xz", "its kind of checksum does not exist");
    case LZMA_MEMLIMIT_ERROR:
      return input_.Error(
          absl::StatusCode::kResourceExhausted,
          absl::StrCat("xz data needs ", lzma_memusage(&stream_) >> 20,
                       " MiB of memory to decompress; expected at most ", kMemoryLimit >> 20,
                       ": compress it with a smaller dictionary (xz -9 or less)"));
    case LZMA_MEM_ERROR:
      return absl::ResourceExhaustedError("no memory for xz decompression");
    default:
      return input_.Damaged("xz", "a checksum or the structure is wrong");
  }
}

}  // namespace linuxkit
