// A header is one block of 512 bytes, followed by the content padded to whole blocks. Fields used,
// by offset (POSIX.1-2017, pax, "ustar Interchange Format"):
//
//     0 name[100]   100 mode[8]  108 uid[8]  116 gid[8]  124 size[12]  136 mtime[12]  148
//     checksum[8]  156 type
//   157 link[100]   257 magic[6] 329 major[8] 337 minor[8] 345 prefix[155]
//
// Types "x" and "g" (PAX records) and "L" and "K" (GNU long names) carry content that completes the
// next header.
#include "tools/oci/tar_reader.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

// Names, attributes and comments of one entry. Linux limits names to 4 KiB and an extended
// attribute to 64 KiB.
constexpr uint64_t kMaxExtensionBytes = 1 << 20;

constexpr std::string_view kXattrPrefix = "SCHILY.xattr.";

// The text of a field up to its first NUL.
template <size_t kSize>
std::string_view Field(const std::array<char, kSize>& block, size_t offset, size_t size) {
  const std::string_view field(block.data() + offset, size);
  return field.substr(0, field.find('\0'));
}

// GNU's extension for numbers beyond octal: the first byte is 0x80 (or 0xff: negative), the rest is
// big-endian.
std::optional<int64_t> ReadBase256(std::string_view field) {
  const bool negative = static_cast<uint8_t>(field[0]) == 0xff;
  uint64_t value = negative ? ~uint64_t{0} : static_cast<uint8_t>(field[0]) & 0x7f;
  for (const char c : field.substr(1)) {
    if (!negative && value >> 55 != 0) return std::nullopt;
    value = value << 8 | static_cast<uint8_t>(c);
  }
  return static_cast<int64_t>(value);
}

// Octal digits with spaces or NULs around them; an empty field is 0.
std::optional<int64_t> ReadOctal(std::string_view field) {
  constexpr std::string_view kPadding(" \0", 2);
  field.remove_prefix(std::min(field.size(), field.find_first_not_of(kPadding)));
  int64_t value = 0;
  for (const char c : field.substr(0, field.find_first_of(kPadding))) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + (c - '0');
  }
  return value;
}

template <size_t kSize>
std::optional<int64_t> Number(const std::array<char, kSize>& block, size_t offset, size_t size) {
  const std::string_view field(block.data() + offset, size);
  return (field[0] & 0x80) != 0 ? ReadBase256(field) : ReadOctal(field);
}

// The checksum counts its own field as spaces. Some old writers summed signed bytes.
template <size_t kSize>
bool ChecksumMatches(const std::array<char, kSize>& block) {
  int64_t as_unsigned = 8 * ' ', as_signed = 8 * ' ';
  for (size_t i = 0; i < kSize; ++i) {
    if (i >= 148 && i < 156) continue;
    as_unsigned += static_cast<uint8_t>(block[i]);
    as_signed += static_cast<int8_t>(block[i]);
  }
  const std::optional<int64_t> stored = Number(block, 148, 8);
  return stored && (*stored == as_unsigned || *stored == as_signed);
}

std::optional<TarEntry::Type> TypeOf(char flag) {
  switch (flag) {
    case '\0':
    case '0':
    case '7':  // Contiguous file: POSIX lets readers treat it as a file.
      return TarEntry::Type::kFile;
    case '1':
      return TarEntry::Type::kHardLink;
    case '2':
      return TarEntry::Type::kSymlink;
    case '3':
      return TarEntry::Type::kCharacterDevice;
    case '4':
      return TarEntry::Type::kBlockDevice;
    case '5':
      return TarEntry::Type::kDirectory;
    case '6':
      return TarEntry::Type::kFifo;
    default:
      return std::nullopt;
  }
}

// Whole seconds of "1492533000.25"; fractions of times before 1970 round down like everywhere else.
bool ParseSeconds(std::string_view text, int64_t& seconds) {
  const size_t point = text.find('.');
  if (!absl::SimpleAtoi(text.substr(0, point), &seconds)) return false;
  const bool has_fraction = point != std::string_view::npos &&
                            text.find_first_not_of('0', point + 1) != std::string_view::npos;
  if (has_fraction && absl::StartsWith(text, "-")) --seconds;
  return true;
}

// Cuts the first record ("25 path=usr/share/file\n") off `text`.
bool TakeRecord(std::string_view& text, std::string_view& key, std::string_view& value) {
  size_t length = 0;
  const size_t space = text.find(' ');
  if (space == std::string_view::npos || !absl::SimpleAtoi(text.substr(0, space), &length)) {
    return false;
  }
  if (length > text.size() || length < space + 2 || text[length - 1] != '\n') return false;
  const std::string_view record = text.substr(space + 1, length - space - 2);
  text.remove_prefix(length);
  const size_t equals = record.find('=');
  if (equals == std::string_view::npos) return false;
  key = record.substr(0, equals);
  value = record.substr(equals + 1);
  return true;
}

}  // namespace

std::optional<std::string> CleanPath(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return std::nullopt;
    parts.push_back(part);
  }
  return parts.empty() ? "." : absl::StrJoin(parts, "/");
}

absl::StatusOr<size_t> FileSource::Read(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const size_t count, file_.ReadAt(offset_, buffer));
  offset_ += count;
  return count;
}

absl::Status FileSource::Skip(uint64_t count) {
  offset_ += std::min(count, file_.size() - std::min(file_.size(), offset_));
  return absl::OkStatus();
}

TarReader::TarReader(std::string name, SkippingSource& source)
    : name_(std::move(name)), source_(source), content_(*this) {}

absl::Status TarReader::Error(std::string_view problem) const {
  return absl::InvalidArgumentError(
      absl::StrCat(name_, ": tar header at offset ", header_offset_, ": ", problem));
}

absl::StatusOr<size_t> TarReader::Content::Read(absl::Span<char> buffer) {
  const size_t wanted =
      static_cast<size_t>(std::min<uint64_t>(buffer.size(), reader_.content_left_));
  if (wanted == 0) return 0;
  ABSL_ASSIGN_OR_RETURN(const size_t count, reader_.source_.Read(buffer.first(wanted)));
  if (count == 0) return reader_.Error("the archive ends inside the content of this entry");
  reader_.content_left_ -= count;
  reader_.offset_ += count;
  return count;
}

// Fills `buffer`; false if the archive ends before its first byte.
absl::StatusOr<bool> TarReader::ReadFull(absl::Span<char> buffer) {
  size_t done = 0;
  while (done < buffer.size()) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer.subspan(done)));
    if (count == 0 && done == 0) return false;
    if (count == 0) return Error("the archive ends inside this header");
    done += count;
    offset_ += count;
  }
  return true;
}

// Reads the next header; false at the end marker, a block of zeros.
absl::StatusOr<bool> TarReader::ReadHeader(Block& block) {
  header_offset_ = offset_;
  ABSL_ASSIGN_OR_RETURN(const bool found, ReadFull(absl::MakeSpan(block)));
  if (!found) return Error("the archive ends without its end marker; it is truncated or not a tar");
  if (std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; })) return false;
  if (!ChecksumMatches(block)) return Error("wrong checksum; this is not an uncompressed tar");
  return true;
}

absl::StatusOr<std::string> TarReader::ReadExtension(const Block& block) {
  const int64_t size = Number(block, 124, 12).value_or(-1);
  if (size < 0 || size > static_cast<int64_t>(kMaxExtensionBytes)) {
    return Error(absl::StrCat("the extended header is larger than ", kMaxExtensionBytes, " bytes"));
  }
  const size_t bytes = static_cast<size_t>(size);
  std::string text((bytes + kBlock - 1) / kBlock * kBlock, '\0');
  ABSL_ASSIGN_OR_RETURN(const bool found, ReadFull(absl::MakeSpan(text)));
  if (!found && bytes > 0) return Error("the archive ends inside this header");
  text.resize(bytes);
  return text;
}

absl::Status TarReader::ReadRecords(const Block& block, Records& records) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadExtension(block));
  std::string_view rest = text, key, value;
  while (!rest.empty()) {
    if (!TakeRecord(rest, key, value)) {
      return Error("malformed PAX record; expected \"LENGTH KEY=VALUE\\n\"");
    }
    records[std::string(key)] = std::string(value);
  }
  return absl::OkStatus();
}

absl::Status TarReader::ReadEntry(const Block& block, TarEntry& entry) {
  const std::optional<TarEntry::Type> type = TypeOf(block[156]);
  if (!type) {
    return Error(absl::StrCat("entry \"", absl::CHexEscape(Field(block, 0, 100)),
                              "\" has the unsupported type \"", absl::CHexEscape({&block[156], 1}),
                              "\""));
  }
  entry.type = *type;
  entry.path = Field(block, 0, 100);
  entry.link = Field(block, 157, 100);
  // GNU archives ("ustar " instead of "ustar\0") have times where POSIX has the prefix.
  const std::string_view prefix = Field(block, 345, 155);
  if (Field(block, 257, 6) == "ustar" && !prefix.empty()) {
    entry.path = absl::StrCat(prefix, "/", entry.path);
  }
  const auto mode = Number(block, 100, 8), uid = Number(block, 108, 8), gid = Number(block, 116, 8),
             size = Number(block, 124, 12), mtime = Number(block, 136, 12),
             major = Number(block, 329, 8), minor = Number(block, 337, 8);
  if (!mode || !uid || !gid || !size || *size < 0 || !mtime) return Error("malformed number");
  entry.mode = static_cast<uint32_t>(*mode & 07777);
  entry.uid = static_cast<uint32_t>(*uid);
  entry.gid = static_cast<uint32_t>(*gid);
  entry.size = static_cast<uint64_t>(*size);
  entry.mtime = *mtime;
  entry.device_major = static_cast<uint32_t>(major.value_or(0));
  entry.device_minor = static_cast<uint32_t>(minor.value_or(0));
  return absl::OkStatus();
}

absl::Status TarReader::ApplyRecords(const Records& records, TarEntry& entry) {
  for (const auto& [key, value] : records) {
    bool valid = true;
    if (key == "path") {
      entry.path = value;
    } else if (key == "linkpath") {
      entry.link = value;
    } else if (key == "size") {
      valid =
          absl::SimpleAtoi(value, &entry.size) && entry.size <= std::numeric_limits<int64_t>::max();
    } else if (key == "uid") {
      valid = absl::SimpleAtoi(value, &entry.uid);
    } else if (key == "gid") {
      valid = absl::SimpleAtoi(value, &entry.gid);
    } else if (key == "mtime") {
      valid = ParseSeconds(value, entry.mtime);
    } else if (absl::StartsWith(key, kXattrPrefix)) {
      entry.xattrs[key.substr(kXattrPrefix.size())] = value;
    } else if (absl::StartsWith(key, "GNU.sparse.")) {
      return Error("sparse files are not supported; make the archive without --sparse");
    }
    if (!valid) {
      return Error(absl::StrCat("PAX record ", key, " is \"", absl::CHexEscape(value),
                                "\"; expected a number"));
    }
  }
  return absl::OkStatus();
}

absl::Status TarReader::CleanNames(TarEntry& entry) {
  // Before POSIX, a directory was a file whose name ends in a slash.
  if (entry.type == TarEntry::Type::kFile && absl::EndsWith(entry.path, "/")) {
    entry.type = TarEntry::Type::kDirectory;
  }
  const bool is_link = entry.type == TarEntry::Type::kHardLink;
  const std::optional<std::string> path = CleanPath(entry.path);
  const std::optional<std::string> link = is_link ? CleanPath(entry.link) : entry.link;
  if (!path || !link) {
    return Error(absl::StrCat("\"", absl::CHexEscape(!path ? entry.path : entry.link),
                              "\" climbs with \"..\""));
  }
  entry.path = *path;
  entry.link = *link;
  if (entry.type != TarEntry::Type::kFile) entry.size = 0;
  return absl::OkStatus();
}

absl::Status TarReader::SkipContent() {
  const uint64_t count = content_left_ + padding_;
  offset_ += count;
  content_left_ = padding_ = 0;
  return source_.Skip(count);
}

absl::StatusOr<std::optional<TarEntry>> TarReader::Next() {
  ABSL_RETURN_IF_ERROR(SkipContent());
  Records records;
  Block block;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool found, ReadHeader(block));
    if (!found) return std::nullopt;
    const char flag = block[156];
    if (flag == 'g') {
      ABSL_RETURN_IF_ERROR(ReadRecords(block, global_records_));
    } else if (flag == 'x') {
      ABSL_RETURN_IF_ERROR(ReadRecords(block, records));
    } else if (flag == 'L' || flag == 'K') {
      ABSL_ASSIGN_OR_RETURN(std::string text, ReadExtension(block));
      records[flag == 'L' ? "path" : "linkpath"] = text.substr(0, text.find('\0'));
    } else {
      break;
    }
  }
  TarEntry entry;
  ABSL_RETURN_IF_ERROR(ReadEntry(block, entry));
  ABSL_RETURN_IF_ERROR(ApplyRecords(global_records_, entry));
  ABSL_RETURN_IF_ERROR(ApplyRecords(records, entry));
  ABSL_RETURN_IF_ERROR(CleanNames(entry));
  content_offset_ = offset_;
  content_left_ = entry.size;
  padding_ = (kBlock - entry.size % kBlock) % kBlock;
  return entry;
}

}  // namespace linuxkit
