// Layout, in sectors of 2048 bytes (ECMA-119, sections in brackets):
//
//    0..15  system area, zeros
//   16      primary volume descriptor [8.4]
//   17      volume descriptor set terminator [8.3]
//   18      path table, little-endian [9.4]
//   19      path table, big-endian
//   20      root directory: ".", "..", "config" [9.1]
//   21..    the data; at least one sector
//
// All dates are 1970-01-01 00:00:00 UTC: an image must not depend on when it was made.
#include "tools/qemu/data_iso.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr size_t kSector = 2048;
constexpr uint32_t kLittlePathTable = 18;
constexpr uint32_t kBigPathTable = 19;
constexpr uint32_t kRootDirectory = 20;
constexpr uint32_t kData = 21;
constexpr uint32_t kPathTableSize = 10;
// Metadata is a small document; far more than this is a mistake of the caller.
constexpr size_t kDataLimit = 256 << 20;

void Little(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

void Big(std::string& out, uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}

// A number in both byte orders [7.2.3, 7.3.3].
void Both(std::string& out, uint32_t value, int bytes) {
  Little(out, value, bytes);
  Big(out, value, bytes);
}

// Text padded with spaces to its field.
void Text(std::string& out, std::string_view text, size_t field) {
  absl::StrAppend(&out, text, std::string(field - text.size(), ' '));
}

void PadToSector(std::string& out) { out.resize((out.size() + kSector - 1) / kSector * kSector); }

// [9.1]; `identifier` is "\0" for ".", "\1" for "..".
void DirectoryRecord(std::string& out, std::string_view identifier, uint32_t sector, uint32_t size,
                     bool directory) {
  const size_t padding = identifier.size() % 2 == 0 ? 1 : 0;
  Little(out, static_cast<uint32_t>(33 + identifier.size() + padding), 1);
  Little(out, 0, 1);  // extended attributes
  Both(out, sector, 4);
  Both(out, size, 4);
  out.append("\x46\x01\x01\x00\x00\x00\x00", 7);  // 1970-01-01 00:00:00 UTC
  Little(out, directory ? 2 : 0, 1);
  Little(out, 0, 2);  // interleave
  Both(out, 1, 2);    // volume sequence number
  Little(out, static_cast<uint32_t>(identifier.size()), 1);
  absl::StrAppend(&out, identifier, std::string(padding, '\0'));
}

void RootRecord(std::string& out, std::string_view identifier) {
  DirectoryRecord(out, identifier, kRootDirectory, kSector, /*directory=*/true);
}

void PrimaryVolumeDescriptor(std::string& out, uint32_t sectors) {
  constexpr std::string_view kDate("1970010100000000\0", 17);
  constexpr std::string_view kNoDate("0000000000000000\0", 17);
  out.append(
      "\x01"
      "CD001"
      "\x01\x00",
      8);
  Text(out, "", 32);        // system identifier
  Text(out, "config", 32);  // volume identifier
  out.append(8, '\0');
  Both(out, sectors, 4);
  out.append(32, '\0');
  Both(out, 1, 2);        // volume set size
  Both(out, 1, 2);        // volume sequence number
  Both(out, kSector, 2);  // logical block size
  Both(out, kPathTableSize, 4);
  Little(out, kLittlePathTable, 4);
  Little(out, 0, 4);
  Big(out, kBigPathTable, 4);
  Big(out, 0, 4);
  RootRecord(out, std::string_view("\0", 1));
  Text(out, "", 128);     // volume set
  Text(out, "", 128);     // publisher
  Text(out, "", 128);     // preparer
  Text(out, "", 128);     // application
  Text(out, "", 37 * 3);  // copyright, abstract, bibliographic files
  absl::StrAppend(&out, kDate, kDate, kNoDate, kNoDate);  // created, modified, expires, effective
  out.push_back(1);                                       // file structure version
  PadToSector(out);
}

void RootDirectory(std::string& out, uint32_t data_size) {
  RootRecord(out, std::string_view("\0", 1));
  RootRecord(out, "\1");
  // Lower case and without ";1", as LinuxKit writes it and its metadata reader expects it.
  DirectoryRecord(out, "config", kData, data_size, /*directory=*/false);
  PadToSector(out);
}

}  // namespace

absl::StatusOr<std::string> MakeDataIso(std::string_view data) {
  if (data.size() > kDataLimit) {
    return absl::InvalidArgumentError(absl::StrCat(
        "metadata of ", data.size(), " bytes is too large; expected at most ", kDataLimit));
  }
  const size_t data_sectors = std::max<size_t>(1, (data.size() + kSector - 1) / kSector);
  std::string iso(16 * kSector, '\0');
  PrimaryVolumeDescriptor(iso, static_cast<uint32_t>(kData + data_sectors));
  iso.append(
      "\xff"
      "CD001"
      "\x01",
      7);
  PadToSector(iso);
  // The path table's one entry: the root, its own parent [9.4].
  Little(iso, 1, 2);
  Little(iso, kRootDirectory, 4);
  Little(iso, 1, 2);
  Little(iso, 0, 2);
  PadToSector(iso);
  Little(iso, 1, 2);
  Big(iso, kRootDirectory, 4);
  Big(iso, 1, 2);
  Little(iso, 0, 2);
  PadToSector(iso);
  RootDirectory(iso, static_cast<uint32_t>(data.size()));
  absl::StrAppend(&iso, data);
  iso.resize((kData + data_sectors) * kSector);
  return iso;
}

}  // namespace linuxkit
