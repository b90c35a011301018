#include "tools/spec/excerpt.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "tools/spec/utf8.h"

namespace linuxkit {
namespace {

// What a terminal shows in one line, with the margin.
constexpr size_t kWidth = 120;
constexpr std::string_view kGap = "...";

std::optional<std::string_view> FindLine(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const size_t end = text.find('\n');
    if (end == text.npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return absl::StripSuffix(text.substr(0, text.find('\n')), "\r");
}

bool ContinuesCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !ContinuesCharacter(c); }));
}

// The text before `column` of its line.
std::string_view Before(std::string_view line, int column) {
  return line.substr(0, static_cast<size_t>(std::max(column, 1) - 1));
}

// Bytes of the first `count` characters.
size_t CharactersToBytes(std::string_view text, size_t count) {
  size_t bytes = 0;
  for (; bytes < text.size(); ++bytes) {
    if (ContinuesCharacter(text[bytes])) continue;
    if (count == 0) break;
    --count;
  }
  return bytes;
}

// Control characters would move the cursor or worse; one character stays one character.
std::string Printable(std::string_view text) {
  if (!IsValidUtf8(text)) return std::string(text.size(), '?');
  std::string printable(text);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return printable;
}

}  // namespace

Position InCharacters(std::string_view text, Position position) {
  const std::optional<std::string_view> line = FindLine(text, position.line);
  if (text.empty() || !line) return position;
  return {position.line, static_cast<int>(CountCharacters(Before(*line, position.column))) + 1};
}

std::string Excerpt(std::string_view text, Position position) {
  const std::optional<std::string_view> line = FindLine(text, position.line);
  if (!line) return "";
  std::string_view shown = *line;
  size_t caret = CountCharacters(Before(shown, position.column));
  std::string_view front_gap;
  if (caret > kWidth / 2) {
    const size_t cut = caret - kWidth / 2;
    shown.remove_prefix(CharactersToBytes(shown, cut));
    caret -= cut;
    front_gap = kGap;
  }
  const size_t end = CharactersToBytes(shown, kWidth);
  const std::string_view back_gap = end < shown.size() ? kGap : "";
  return absl::StrFormat("\n%5d | %s%s%s\n      | %s^", position.line, front_gap,
                         Printable(shown.substr(0, end)), back_gap,
                         std::string(front_gap.size() + caret, ' '));
}

}  // namespace linuxkit
