#include "tools/compress/gzip_source.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"

namespace linuxkit {
namespace {

constexpr std::string_view kMagic = "\x1f\x8b";

}  // namespace

bool GzipSource::Recognizes(std::string_view start) { return absl::StartsWith(start, kMagic); }

GzipSource::GzipSource(CompressedInput input) : input_(std::move(input)) {
  constexpr int kGzipFraming = 16;
  usable_ = inflateInit2(&stream_, MAX_WBITS + kGzipFraming) == Z_OK;
}

GzipSource::~GzipSource() { inflateEnd(&stream_); }

absl::StatusOr<size_t> GzipSource::Read(absl::Span<char> buffer) {
  if (!usable_) return absl::ResourceExhaustedError("no memory for gzip decompression");
  size_t done = 0;
  while (done == 0 && !buffer.empty()) {
    ABSL_RETURN_IF_ERROR(input_.Need(1));
    if (input_.waiting().empty()) {
      if (inside_member_) return input_.CutOff("gzip");
      break;
    }
    if (!inside_member_) {
      ABSL_RETURN_IF_ERROR(StartMember());
    }
    ABSL_ASSIGN_OR_RETURN(done, Inflate(buffer));
  }
  return done;
}

absl::Status GzipSource::StartMember() {
  ABSL_RETURN_IF_ERROR(input_.Need(kMagic.size()));
  if (!Recognizes(input_.waiting())) {
    return input_.Damaged("gzip", "expected another gzip member or the end");
  }
  inflateReset(&stream_);
  inside_member_ = true;
  return absl::OkStatus();
}

absl::StatusOr<size_t> GzipSource::Inflate(absl::Span<char> buffer) {
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
    return input_.Damaged("gzip", stream_.msg != nullptr ? stream_.msg : zError(result));
  }
  return room - stream_.avail_out;
}

}  // namespace linuxkit
