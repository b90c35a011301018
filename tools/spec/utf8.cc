#include "tools/spec/utf8.h"

#include <cstddef>
#include <cstdint>

namespace linuxkit {
namespace {

struct Sequence {
  size_t length = 0;
  uint32_t smallest = 0;  // code point that needs this length
  uint32_t bits = 0;      // those of the first byte
};

// RFC 3629, section 3; length 0 for a byte that cannot begin a sequence.
Sequence Begin(uint8_t first) {
  if (first < 0x80) return {1, 0, first};
  if (first >= 0xC0 && first < 0xE0) return {2, 0x80, first & 0x1Fu};
  if (first >= 0xE0 && first < 0xF0) return {3, 0x800, first & 0x0Fu};
  if (first >= 0xF0 && first < 0xF8) return {4, 0x10000, first & 0x07u};
  return {};
}

// Bytes of the character that the text begins with; 0 if it begins with none.
size_t FirstLength(std::string_view text) {
  const Sequence sequence = Begin(static_cast<uint8_t>(text.front()));
  if (sequence.length == 0 || sequence.length > text.size()) return 0;
  uint32_t code_point = sequence.bits;
  for (size_t i = 1; i < sequence.length; ++i) {
    const uint8_t byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return 0;
    code_point = code_point << 6 | (byte & 0x3Fu);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  const bool exists = code_point >= sequence.smallest && code_point <= 0x10FFFF && !surrogate;
  return exists ? sequence.length : 0;
}

}  // namespace

size_t ValidUtf8Prefix(std::string_view text) {
  size_t valid = 0;
  while (valid < text.size()) {
    const size_t length = FirstLength(text.substr(valid));
    if (length == 0) break;
    valid += length;
  }
  return valid;
}

bool IsValidUtf8(std::string_view text) { return ValidUtf8Prefix(text) == text.size(); }

}  // namespace linuxkit
