// A gzip file (RFC 1952) is a header, one deflate stream, and checksum and size of what it unpacks
// to. Here the stream is made of parts. Each ends at a byte, with an empty block, so that parts can
// be put behind each other, and knows the 32 KiB before it, so that little compression is lost. The
// checksum of the whole is put together from those of the parts.
#include "tools/compress/parallel_gzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/status/status_macros.h"
#include "tools/disk/fields.h"

namespace linuxkit {
namespace {

// Large enough that what a part costs (32 KiB to be hashed once more) does not show.
constexpr size_t kPart = 2 * kBufferSize;

// No name and no time; the system is unknown (255).
std::string Header(int level) {
  const char effort = level == 9 ? 2 : level == 1 ? 4 : 0;
  return {'\x1f', '\x8b', 8, 0, 0, 0, 0, 0, effort, '\xff'};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ParallelGzip>> ParallelGzip::Create(int level, int threads,
                                                                   ByteSink& sink) {
  ABSL_ASSIGN_OR_RETURN(level, CheckLevel("gzip", level, 6, 9));
  std::unique_ptr<ParallelGzip> gzip(new ParallelGzip(sink));
  gzip->parts_.resize(JobRing::JobsFor(threads));
  for (Part& part : gzip->parts_) {
    ABSL_ASSIGN_OR_RETURN(part.deflater, Deflater::Create(Deflater::Framing::kRaw, level));
    part.bytes.reserve(kPart);
  }
  const auto run = [&parts = gzip->parts_](size_t i) {
    Part& part = parts[i];
    part.status = part.deflater->CompressPart(part.before, part.bytes, part.last, part.output);
    part.crc = static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(part.bytes.data()),
                                           static_cast<uInt>(part.bytes.size())));
  };
  gzip->ring_.emplace(threads, run, [gzip = gzip.get()](size_t i) {
    Part& part = gzip->parts_[i];
    absl::Status status = gzip->Deliver(part);
    part.bytes.clear();
    return status;
  });
  ABSL_RETURN_IF_ERROR(sink.Append(Header(level)));
  return gzip;
}

absl::Status ParallelGzip::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    ABSL_ASSIGN_OR_RETURN(const size_t i, ring_->Next());
    Part& part = parts_[i];
    const size_t count = std::min(bytes.size(), kPart - part.bytes.size());
    part.bytes.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (part.bytes.size() < kPart) continue;
    part.before = before_;
    before_ = part.bytes.substr(kPart - Deflater::kWindow);
    ring_->Submit();
  }
  return absl::OkStatus();
}

absl::Status ParallelGzip::Deliver(const Part& part) {
  ABSL_RETURN_IF_ERROR(part.status);
  crc_ =
      static_cast<uint32_t>(crc32_combine(crc_, part.crc, static_cast<z_off_t>(part.bytes.size())));
  size_ += part.bytes.size();
  return sink_.Append(part.output);
}

absl::Status ParallelGzip::Finish() {
  ABSL_ASSIGN_OR_RETURN(const size_t i, ring_->Next());
  parts_[i].before = before_;
  parts_[i].last = true;
  ring_->Submit();
  ABSL_RETURN_IF_ERROR(ring_->Finish());
  ABSL_RETURN_IF_ERROR(sink_.Append(BytesOf(Little<uint32_t>(crc_))));
  return sink_.Append(BytesOf(Little<uint32_t>(static_cast<uint32_t>(size_))));
}

}  // namespace linuxkit
