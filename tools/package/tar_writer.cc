// Each entry is a ustar header (layout in tools/tar/tar_header.h) and its content in blocks of 512
// bytes. What the header cannot hold (names over 100 bytes, large numbers, extended attributes)
// goes into a PAX extended header before it. The ustar prefix field is never used: one way to store
// long names is enough.
#include "tools/package/tar_writer.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameBytes = 100;
// The largest values of the octal fields: seven and eleven digits.
constexpr uint64_t kMaxId = 07777777;
constexpr uint64_t kMaxSize = 077777777777;
// Readers ignore the name of an extended header; this one is what Python's tarfile writes.
constexpr std::string_view kPaxName = "././@PaxHeader";

struct Header {
  std::string_view path;
  std::string_view link;
  char type = '0';
  uint64_t mode = 0, uid = 0, gid = 0, size = 0, mtime = 0, device_major = 0, device_minor = 0;
};

char TypeFlag(TarEntry::Type type) {
  switch (type) {
    case TarEntry::Type::kFile:
      return '0';
    case TarEntry::Type::kHardLink:
      return '1';
    case TarEntry::Type::kSymlink:
      return '2';
    case TarEntry::Type::kCharacterDevice:
      return '3';
    case TarEntry::Type::kBlockDevice:
      return '4';
    case TarEntry::Type::kDirectory:
      return '5';
    case TarEntry::Type::kFifo:
      return '6';
  }
  return '0';
}

// Writes octal digits and a NUL into a field of `width` bytes; larger numbers are in a PAX record
// and 0 here.
void PutOctal(char* field, size_t width, uint64_t value, uint64_t max) {
  const std::string digits =
      absl::StrFormat("%0*o", static_cast<int>(width - 1), value > max ? 0 : value);
  digits.copy(field, width - 1);
}

std::string Encode(const Header& header) {
  std::string block(kBlock, '\0');
  char* const at = block.data();
  header.path.copy(at, kNameBytes);
  PutOctal(at + 100, 8, header.mode, kMaxId);
  PutOctal(at + 108, 8, header.uid, kMaxId);
  PutOctal(at + 116, 8, header.gid, kMaxId);
  PutOctal(at + 124, 12, header.size, kMaxSize);
  PutOctal(at + 136, 12, header.mtime, kMaxSize);
  at[156] = header.type;
  header.link.copy(at + 157, kNameBytes);
  std::string_view(
      "ustar\0"
      "00",
      8)
      .copy(at + 257, 8);
  PutOctal(at + 329, 8, header.device_major, kMaxId);
  PutOctal(at + 337, 8, header.device_minor, kMaxId);
  // The checksum counts its own field as eight spaces.
  uint64_t sum = 8 * ' ';
  for (const char c : block) sum += static_cast<uint8_t>(c);
  PutOctal(at + 148, 7, sum, kMaxId);
  at[155] = ' ';
  return block;
}

// "LENGTH KEY=VALUE\n", where LENGTH counts itself.
std::string Record(std::string_view key, std::string_view value) {
  const size_t rest = key.size() + value.size() + 3;
  size_t length = rest;
  while (length != rest + absl::StrCat(length).size()) length = rest + absl::StrCat(length).size();
  return absl::StrCat(length, " ", key, "=", value, "\n");
}

std::map<std::string, std::string> RecordsOf(const TarEntry& entry) {
  std::map<std::string, std::string> records;
  const bool is_directory = entry.type == TarEntry::Type::kDirectory;
  if (entry.path.size() + is_directory > kNameBytes) {
    records["path"] = absl::StrCat(entry.path, is_directory ? "/" : "");
  }
  if (entry.link.size() > kNameBytes) records["linkpath"] = entry.link;
  if (entry.uid > kMaxId) records["uid"] = absl::StrCat(entry.uid);
  if (entry.gid > kMaxId) records["gid"] = absl::StrCat(entry.gid);
  if (entry.size > kMaxSize) records["size"] = absl::StrCat(entry.size);
  if (entry.mtime < 0 || static_cast<uint64_t>(entry.mtime) > kMaxSize) {
    records["mtime"] = absl::StrCat(entry.mtime);
  }
  for (const auto& [name, value] : entry.xattrs) {
    records[absl::StrCat("SCHILY.xattr.", name)] = value;
  }
  return records;
}

}  // namespace

absl::Status TarWriter::Pad(uint64_t size) {
  static constexpr std::array<char, kBlock> kZeros = {};
  return sink_.Append({kZeros.data(), (kBlock - size % kBlock) % kBlock});
}

absl::Status TarWriter::AddRecords(const TarEntry& entry) {
  std::string records;
  for (const auto& [key, value] : RecordsOf(entry)) records += Record(key, value);
  if (records.empty()) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(
      sink_.Append(Encode({.path = kPaxName, .link = "", .type = 'x', .size = records.size()})));
  ABSL_RETURN_IF_ERROR(sink_.Append(records));
  return Pad(records.size());
}

absl::Status TarWriter::AddHeader(const TarEntry& entry) {
  ABSL_RETURN_IF_ERROR(AddRecords(entry));
  const bool is_directory = entry.type == TarEntry::Type::kDirectory;
  const bool is_file = entry.type == TarEntry::Type::kFile;
  const std::string path = absl::StrCat(entry.path, is_directory ? "/" : "");
  return sink_.Append(Encode({.path = path,
                              .link = entry.link,
                              .type = TypeFlag(entry.type),
                              .mode = entry.mode,
                              .uid = entry.uid,
                              .gid = entry.gid,
                              .size = is_file ? entry.size : 0,
                              .mtime = static_cast<uint64_t>(entry.mtime),
                              .device_major = entry.device_major,
                              .device_minor = entry.device_minor}));
}

absl::Status TarWriter::Add(const TarEntry& entry, ByteSource& content) {
  ABSL_RETURN_IF_ERROR(AddHeader(entry));
  return entry.type == TarEntry::Type::kFile ? AddContent(entry, content) : absl::OkStatus();
}

absl::Status TarWriter::AddContent(const TarEntry& entry, ByteSource& content) {
  std::vector<char> buffer(std::min<uint64_t>(kBufferSize, entry.size));
  uint64_t left = entry.size;
  while (left > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left, buffer.size()));
    ABSL_ASSIGN_OR_RETURN(const size_t count, content.Read(absl::MakeSpan(buffer).first(wanted)));
    if (count == 0) {
      return absl::DataLossError(absl::StrCat("\"", absl::CHexEscape(entry.path), "\" ended ", left,
                                              " bytes before its size of ", entry.size));
    }
    ABSL_RETURN_IF_ERROR(sink_.Append({buffer.data(), count}));
    left -= count;
  }
  return Pad(entry.size);
}

absl::Status TarWriter::Finish() { return sink_.Append(std::string(2 * kBlock, '\0')); }

}  // namespace linuxkit
