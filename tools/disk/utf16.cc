#include "tools/disk/utf16.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr char32_t kReplacement = 0xfffd;

bool IsSurrogate(char32_t code) { return code >= 0xd800 && code < 0xe000; }

// How many bytes a character takes that begins with `lead`; 0 if none does.
size_t LengthOf(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

// Takes one character off `text`.
std::optional<char32_t> TakeCharacter(std::string_view& text) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const uint8_t lead = static_cast<uint8_t>(text[0]);
  const size_t length = LengthOf(lead);
  if (length == 0 || text.size() < length) return std::nullopt;
  char32_t code = length == 1 ? lead : static_cast<char32_t>(lead & (0x7f >> length));
  for (size_t i = 1; i < length; ++i) {
    const uint8_t byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (byte & 0x3f);
  }
  if (code < kSmallest[length] || IsSurrogate(code) || code > 0x10ffff) return std::nullopt;
  text.remove_prefix(length);
  return code;
}

void AppendUtf8(char32_t code, std::string& text) {
  if (code < 0x80) {
    text.push_back(static_cast<char>(code));
    return;
  }
  const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr uint8_t kLeads[] = {0, 0xc0, 0xe0, 0xf0};
  text.push_back(static_cast<char>(kLeads[tail] | code >> (6 * tail)));
  for (int i = tail - 1; i >= 0; --i) {
    text.push_back(static_cast<char>(0x80 | (code >> (6 * i) & 0x3f)));
  }
}

}  // namespace

absl::StatusOr<std::u16string> Utf16FromUtf8(std::string_view text) {
  std::u16string units;
  for (std::string_view rest = text; !rest.empty();) {
    const std::optional<char32_t> code = TakeCharacter(rest);
    if (!code) {
      return absl::InvalidArgumentError(
          absl::StrCat("the name \"", absl::CHexEscape(text), "\" is not UTF-8"));
    }
    if (*code < 0x10000) {
      units.push_back(static_cast<char16_t>(*code));
    } else {
      units.push_back(static_cast<char16_t>(0xd800 + ((*code - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xdc00 + ((*code - 0x10000) & 0x3ff)));
    }
  }
  return units;
}

std::string Utf8FromUtf16(std::u16string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    char32_t code = text[i];
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.size() && text[i + 1] >= 0xdc00 &&
        text[i + 1] < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (text[++i] - 0xdc00u);
    }
    AppendUtf8(IsSurrogate(code) ? kReplacement : code, bytes);
  }
  return bytes;
}

}  // namespace linuxkit
