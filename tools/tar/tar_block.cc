#include "tools/tar/tar_block.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr size_t kChecksum = 148;
constexpr size_t kChecksumEnd = 156;

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

}  // namespace

std::string_view TarBlock::Text(size_t offset, size_t size) const {
  const std::string_view field = Bytes(offset, size);
  return field.substr(0, field.find('\0'));
}

std::optional<int64_t> TarBlock::Number(size_t offset, size_t size) const {
  const std::string_view field = Bytes(offset, size);
  return (field[0] & 0x80) != 0 ? ReadBase256(field) : ReadOctal(field);
}

bool TarBlock::IsZero() const {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

// The checksum counts its own field as spaces. Some old writers summed signed bytes.
bool TarBlock::ChecksumMatches() const {
  constexpr int64_t kItself = (kChecksumEnd - kChecksum) * ' ';
  int64_t as_unsigned = kItself, as_signed = kItself;
  for (size_t i = 0; i < kSize; ++i) {
    if (i >= kChecksum && i < kChecksumEnd) continue;
    as_unsigned += static_cast<uint8_t>(bytes[i]);
    as_signed += static_cast<int8_t>(bytes[i]);
  }
  const std::optional<int64_t> stored = Number(kChecksum, kChecksumEnd - kChecksum);
  return stored && (*stored == as_unsigned || *stored == as_signed);
}

std::string TarBlock::Name() const {
  const std::string_view name = Text(0, 100);
  // GNU archives ("ustar " instead of "ustar\0") have times where POSIX has the prefix, and those
  // of star, which say "tar" in their last bytes, have them behind a shorter one.
  const size_t prefix_size = Bytes(508, 4) == std::string_view("tar\0", 4) ? 131 : 155;
  const std::string_view prefix = Text(345, prefix_size);
  if (Text(257, 6) != "ustar" || prefix.empty()) return std::string(name);
  return absl::StrCat(prefix, "/", name);
}

}  // namespace linuxkit
