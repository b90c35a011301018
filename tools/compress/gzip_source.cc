// RFC 1952: a member is a header, deflated data (RFC 1951) and a trailer of two little-endian
// numbers, the CRC-32 of the data and its size modulo 2^32. The library reads the first two. It
// takes up to eight bytes more than it needs, which may belong to the trailer; those stay waiting
// in the input, so that the trailer is read, and errors are placed, as if it did not.
#include "tools/compress/gzip_source.h"

#include <igzip_lib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "tools/disk/fields.h"

namespace linuxkit {
namespace {

constexpr std::string_view kMagic = "\x1f\x8b";
// FTEXT, FHCRC, FEXTRA, FNAME and FCOMMENT.
constexpr uint32_t kKnownFlags = 0x1f;

struct Trailer {
  Little<uint32_t> crc;
  Little<uint32_t> size;
};
static_assert(sizeof(Trailer) == 8);

void Give(std::string_view bytes, inflate_state& state) {
  // The library does not write to its input.
  state.next_in = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(bytes.data()));
  state.avail_in = static_cast<uint32_t>(bytes.size());
}

std::string_view Reason(int result) {
  switch (result) {
    case ISAL_INVALID_BLOCK:
      return "invalid block header";
    case ISAL_INVALID_SYMBOL:
      return "invalid code";
    case ISAL_INVALID_LOOKBACK:
      return "a reference to before the start of the data";
    case ISAL_UNSUPPORTED_METHOD:
      return "unknown compression method";
    case ISAL_INCORRECT_CHECKSUM:
      return "incorrect header check";
    default:
      return "invalid data";
  }
}

}  // namespace

bool GzipSource::Recognizes(std::string_view start) { return absl::StartsWith(start, kMagic); }

GzipSource::GzipSource(CompressedInput input)
    : input_(std::move(input)), state_(std::make_unique<inflate_state>()) {
  isal_inflate_init(state_.get());
}

GzipSource::~GzipSource() = default;

absl::StatusOr<size_t> GzipSource::Read(absl::Span<char> buffer) {
  size_t done = 0;
  while (done == 0 && !buffer.empty()) {
    if (part_ == Part::kTrailer) {
      ABSL_RETURN_IF_ERROR(CheckTrailer());
    }
    if (part_ == Part::kStart) {
      ABSL_ASSIGN_OR_RETURN(const bool found, StartMember());
      if (!found) break;
    }
    ABSL_ASSIGN_OR_RETURN(done, Inflate(buffer));
  }
  return done;
}

// False at the end of the input.
absl::StatusOr<bool> GzipSource::StartMember() {
  ABSL_RETURN_IF_ERROR(input_.Need(kMagic.size()));
  if (input_.waiting().empty()) return false;
  if (!Recognizes(input_.waiting())) {
    return input_.Damaged("gzip", "expected another gzip member or the end");
  }
  isal_inflate_reset(state_.get());
  state_->crc_flag = ISAL_GZIP_NO_HDR;
  ABSL_RETURN_IF_ERROR(ReadHeader());
  part_ = Part::kData;
  return true;
}

absl::Status GzipSource::ReadHeader() {
  isal_gzip_header header;
  isal_gzip_header_init(&header);
  int result = ISAL_END_INPUT;
  while (result == ISAL_END_INPUT) {
    ABSL_RETURN_IF_ERROR(input_.Need(1));
    const size_t given = input_.waiting().size();
    if (given == 0) return input_.CutOff("gzip");
    Give(input_.waiting(), *state_);
    result = isal_read_gzip_header(state_.get(), &header);
    if (result < 0) return input_.Damaged("gzip", Reason(result));
    input_.Take(given - state_->avail_in);
  }
  if ((header.flags & ~kKnownFlags) != 0) return input_.Damaged("gzip", "unknown header flags set");
  return absl::OkStatus();
}

// May return 0 although more will come.
absl::StatusOr<size_t> GzipSource::Inflate(absl::Span<char> buffer) {
  ABSL_RETURN_IF_ERROR(input_.Need(ahead_ + 1));
  const std::string_view fresh = input_.waiting().substr(ahead_);
  const size_t room = std::min<size_t>(buffer.size(), std::numeric_limits<uint32_t>::max());
  Give(fresh, *state_);
  state_->next_out = reinterpret_cast<uint8_t*>(buffer.data());
  state_->avail_out = static_cast<uint32_t>(room);
  const int result = isal_inflate(state_.get());
  const size_t taken = ahead_ + fresh.size() - state_->avail_in;
  // Bits of the next codes, and the part of a block's header that has come.
  const int held = std::max(state_->read_in_length, 0) / 8 + state_->tmp_in_size;
  ahead_ = std::min(taken, static_cast<size_t>(held));
  input_.Take(taken - ahead_);
  if (result < 0) return input_.Damaged("gzip", Reason(result));
  const size_t count = room - state_->avail_out;
  if (state_->block_state == ISAL_BLOCK_FINISH) {
    part_ = Part::kTrailer;
    ahead_ = 0;
  } else if (count == 0 && state_->avail_in == fresh.size()) {
    return input_.CutOff("gzip");
  }
  return count;
}

absl::Status GzipSource::CheckTrailer() {
  ABSL_RETURN_IF_ERROR(input_.Need(sizeof(Trailer)));
  if (input_.waiting().size() < sizeof(Trailer)) return input_.CutOff("gzip");
  const auto trailer = FromBytes<Trailer>(input_.waiting());
  input_.Take(sizeof(trailer.crc));
  if (trailer.crc != state_->crc) return input_.Damaged("gzip", "incorrect data check");
  input_.Take(sizeof(trailer.size));
  if (trailer.size != state_->total_out) return input_.Damaged("gzip", "incorrect length check");
  part_ = Part::kStart;
  return absl::OkStatus();
}

}  // namespace linuxkit
