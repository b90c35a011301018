#include "runtime/base/printable.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

// Bytes of the UTF-8 character that begins with `first`; 0 if none begins so.
size_t SizeOfCharacter(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

// Whether a character of `size` bytes has that value and not a shorter form, and can be shown.
bool IsShown(uint32_t value, size_t size) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || value > 0x10ffff) return false;
  const auto within = [value](uint32_t low, uint32_t high) {
    return value >= low && value <= high;
  };
  if (value == '\t') return true;
  return !within(0, 0x1f) && !within(0x7f, 0x9f) && !within(0xd800, 0xdfff) &&
         !within(0x2028, 0x202e) && !within(0x2066, 0x2069);
}

// Bytes of the character at the start of `text` if it can be shown as it is, else 0.
size_t ShownCharacter(std::string_view text) {
  const unsigned char first = static_cast<unsigned char>(text[0]);
  const size_t size = SizeOfCharacter(first);
  if (size == 0 || text.size() < size) return 0;
  uint32_t value = size == 1 ? first : first & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const unsigned char next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return 0;
    value = value << 6 | (next & 0x3f);
  }
  return IsShown(value, size) ? size : 0;
}

void AppendEscaped(char c, std::string& text) {
  if (c == '\n') {
    text += "\\n";
  } else if (c == '\r') {
    text += "\\r";
  } else {
    absl::StrAppendFormat(&text, "\\x%02x", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string Printable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const size_t shown = ShownCharacter(bytes);
    text += bytes.substr(0, shown);
    if (shown == 0) AppendEscaped(bytes[0], text);
    bytes.remove_prefix(std::max<size_t>(shown, 1));
  }
  return text;
}

std::string Printable(std::string_view bytes, size_t limit) {
  if (bytes.size() <= limit) return Printable(bytes);
  return absl::StrCat(Printable(bytes.substr(0, limit)), "...");
}

Tail LastLines(std::string_view text, const TailLimits& limits, bool cut) {
  Tail tail;
  if (text.ends_with('\n')) text.remove_suffix(1);
  size_t room = limits.bytes;
  while (!text.empty() && tail.lines.size() < limits.lines && room > 0) {
    const size_t start = text.rfind('\n') + 1;  // 0 if there is none
    std::string_view line = text.substr(start);
    text = text.substr(0, start == 0 ? 0 : start - 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > room) {
      line.remove_prefix(line.size() - room);
      cut = true;
    }
    room -= line.size();
    tail.lines.push_back(Printable(line));
  }
  tail.cut = cut || !text.empty();
  std::reverse(tail.lines.begin(), tail.lines.end());
  return tail;
}

}  // namespace linuxkit
