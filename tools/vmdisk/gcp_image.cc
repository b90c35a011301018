// The archive (GNU tar, "Storing Sparse Files", old GNU format): a header with the first four
// stretches of data, blocks with 21 more each, the bytes of all stretches, two blocks of zeros. The
// last stretch has no bytes and lies at the file's end, so that a hole there comes back as well.
#include "tools/vmdisk/gcp_image.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "tools/compress/parallel_gzip.h"
#include "tools/disk/extent_reader.h"
#include "tools/disk/fields.h"
#include "tools/vmdisk/limits.h"

namespace linuxkit {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;
constexpr uint64_t kMaxSize = uint64_t{64} << 40;
// Stretches begin and end at multiples of it: a short map counts for more than zeros that compress
// to nothing.
constexpr uint64_t kStretch = 64 << 10;
constexpr uint64_t kTarBlock = 512;

struct Stretch {
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct SparseField {
  std::array<char, 12> offset{};
  std::array<char, 12> size{};
};

struct GnuHeader {
  std::array<char, 100> name;            //   0
  std::array<char, 8> mode;              // 100
  std::array<char, 8> uid;               // 108
  std::array<char, 8> gid;               // 116
  std::array<char, 12> size;             // 124: of what is stored
  std::array<char, 12> time;             // 136
  std::array<char, 8> checksum;          // 148
  char type = 'S';                       // 156
  std::array<char, 100> link{};          // 157
  std::array<char, 8> magic;             // 257
  std::array<char, 121> unused1{};       // 265
  std::array<SparseField, 4> stretches;  // 386
  char is_extended = 0;                  // 482
  std::array<char, 12> real_size;        // 483: with holes
  std::array<char, 17> unused2{};        // 495
};
static_assert(sizeof(GnuHeader) == kTarBlock);

struct GnuSparseBlock {
  std::array<SparseField, 21> stretches;
  char is_extended = 0;  // 504
  std::array<char, 7> unused{};
};
static_assert(sizeof(GnuSparseBlock) == kTarBlock);

// Octal digits and a NUL or, where they do not suffice, big-endian with the highest bit set.
template <size_t kSize>
std::array<char, kSize> Number(uint64_t value) {
  if (value >> (3 * (kSize - 1)) == 0) {
    return TextField<kSize>(absl::StrFormat("%0*o", static_cast<int>(kSize - 1), value), '\0');
  }
  std::array<char, kSize> field{};
  for (size_t i = kSize; i-- > kSize - 8;) {
    field[i] = static_cast<char>(value);
    value >>= 8;
  }
  field[0] = '\x80';
  return field;
}

// Where the disk has data.
std::vector<Stretch> StretchesOf(const Extents& disk, uint64_t size) {
  std::vector<Stretch> stretches;
  for (const auto& [offset, content] : disk.pieces()) {
    const uint64_t begin = offset / kStretch * kStretch;
    const uint64_t end = RoundUp(offset + content.size(), kStretch);
    if (stretches.empty() || begin > stretches.back().offset + stretches.back().size) {
      stretches.push_back({.offset = begin});
    }
    stretches.back().size = end - stretches.back().offset;
  }
  stretches.push_back({.offset = size});
  return stretches;
}

// Fills in the next ones and returns how many.
template <size_t kCount>
size_t Put(const std::vector<Stretch>& stretches, size_t first,
           std::array<SparseField, kCount>& fields) {
  const size_t count = std::min(kCount, stretches.size() - first);
  for (size_t i = 0; i < count; ++i) {
    fields[i] = {.offset = Number<12>(stretches[first + i].offset),
                 .size = Number<12>(stretches[first + i].size)};
  }
  return count;
}

GnuHeader MakeHeader(uint64_t size, uint64_t stored, int64_t time) {
  return {.name = TextField<100>("disk.raw", '\0'),
          .mode = Number<8>(0644),
          .uid = Number<8>(0),
          .gid = Number<8>(0),
          .size = Number<12>(stored),
          .time = Number<12>(static_cast<uint64_t>(time)),
          .checksum = TextField<8>(""),  // counts as spaces
          .magic = TextField<8>(std::string_view("ustar  \0", 8)),
          .real_size = Number<12>(size)};
}

void FillInChecksum(GnuHeader& header) {
  uint64_t sum = 0;
  for (const char c : BytesOf(header)) sum += static_cast<uint8_t>(c);
  // Six digits, a NUL, a space.
  const std::array<char, 7> digits = Number<7>(sum);
  std::copy(digits.begin(), digits.end(), header.checksum.begin());
}

absl::Status AppendHeader(const std::vector<Stretch>& stretches, uint64_t size, int64_t time,
                          ByteSink& sink) {
  uint64_t stored = 0;
  for (const Stretch& stretch : stretches) stored += stretch.size;
  GnuHeader header = MakeHeader(size, stored, time);
  size_t done = Put(stretches, 0, header.stretches);
  header.is_extended = done < stretches.size();
  FillInChecksum(header);
  ABSL_RETURN_IF_ERROR(sink.Append(BytesOf(header)));
  while (done < stretches.size()) {
    GnuSparseBlock block;
    done += Put(stretches, done, block.stretches);
    block.is_extended = done < stretches.size();
    ABSL_RETURN_IF_ERROR(sink.Append(BytesOf(block)));
  }
  return absl::OkStatus();
}

absl::Status AppendData(const Extents& disk, const std::vector<Stretch>& stretches,
                        ByteSink& sink) {
  ExtentReader reader(disk);
  std::string buffer(kBufferSize, '\0');
  for (const auto& [offset, size] : stretches) {
    for (uint64_t done = 0; done < size; done += buffer.size()) {
      const size_t count = static_cast<size_t>(std::min<uint64_t>(buffer.size(), size - done));
      ABSL_RETURN_IF_ERROR(reader.Read(offset + done, absl::MakeSpan(buffer).first(count)));
      ABSL_RETURN_IF_ERROR(sink.Append(std::string_view(buffer).substr(0, count)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteGcpImage(const Extents& disk, const GcpOptions& options, ByteSink& output) {
  ABSL_ASSIGN_OR_RETURN(const uint64_t size, RoundedDiskSize("a GCP image", disk, kGiB, kMaxSize));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ParallelGzip> gzip,
                        ParallelGzip::Create(options.level, options.threads, output));
  const std::vector<Stretch> stretches = StretchesOf(disk, size);
  ABSL_RETURN_IF_ERROR(AppendHeader(stretches, size, options.time, *gzip));
  ABSL_RETURN_IF_ERROR(AppendData(disk, stretches, *gzip));
  ABSL_RETURN_IF_ERROR(gzip->Append(std::string(2 * kTarBlock, '\0')));
  return gzip->Finish();
}

}  // namespace linuxkit
