// The values of a YAML document and the types of plain scalars (YAML 1.2.2, section 10.3.2, core
// schema).
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

bool IsNull(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<bool> AsBool(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

int DigitValue(char c) {
  if (absl::ascii_isdigit(static_cast<unsigned char>(c))) return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

// Numbers of more than 64 bits fit nothing, so anything that would not fit 128 may be called
// something else.
std::optional<absl::int128> Digits(std::string_view digits, int base) {
  if (digits.empty() || digits.size() > 30) return std::nullopt;
  absl::int128 value = 0;
  for (const char c : digits) {
    if (DigitValue(c) >= base) return std::nullopt;
    value = value * base + DigitValue(c);
  }
  return value;
}

std::optional<absl::int128> AsInteger(std::string_view text) {
  if (absl::StartsWith(text, "0x")) return Digits(text.substr(2), 16);
  if (absl::StartsWith(text, "0o")) return Digits(text.substr(2), 8);
  const bool negative = absl::StartsWith(text, "-");
  if (negative || absl::StartsWith(text, "+")) text.remove_prefix(1);
  const std::optional<absl::int128> value = Digits(text, 10);
  return value && negative ? -*value : value;
}

size_t CountDigits(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return static_cast<size_t>(end - text.begin());
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, infinities and not-a-number.
bool IsFloat(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (absl::StartsWith(text, "-") || absl::StartsWith(text, "+")) text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  const size_t whole = CountDigits(text);
  text.remove_prefix(whole);
  size_t fraction = 0;
  if (absl::StartsWith(text, ".")) {
    fraction = CountDigits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (absl::StartsWith(text, "-") || absl::StartsWith(text, "+")) text.remove_prefix(1);
  return !text.empty() && CountDigits(text) == text.size();
}

}  // namespace

YamlValue YamlValue::Plain(Position position, std::string text) {
  YamlValue value = Quoted(position, std::move(text));
  if (IsNull(value.text_)) {
    value.kind_ = Kind::kNull;
  } else if (const std::optional<bool> boolean = AsBool(value.text_)) {
    value.kind_ = Kind::kBool;
    value.boolean_ = *boolean;
  } else if (const std::optional<absl::int128> integer = AsInteger(value.text_)) {
    value.kind_ = Kind::kInteger;
    value.integer_ = *integer;
  } else if (IsFloat(value.text_)) {
    value.kind_ = Kind::kFloat;
  }
  return value;
}

YamlValue YamlValue::Quoted(Position position, std::string text) {
  YamlValue value;
  value.kind_ = Kind::kString;
  value.position_ = position;
  value.text_ = std::move(text);
  return value;
}

YamlValue YamlValue::List(Position position, std::vector<YamlValue> items) {
  YamlValue value;
  value.kind_ = Kind::kList;
  value.position_ = position;
  value.items_ = std::move(items);
  return value;
}

YamlValue YamlValue::Map(Position position, std::vector<Field> fields) {
  YamlValue value;
  value.kind_ = Kind::kMap;
  value.position_ = position;
  value.fields_ = std::move(fields);
  return value;
}

const YamlValue* YamlValue::Find(std::string_view key) const {
  const auto field = std::find_if(fields_.begin(), fields_.end(),
                                  [key](const Field& candidate) { return candidate.key == key; });
  return field == fields_.end() ? nullptr : &field->value;
}

std::string_view KindName(YamlValue::Kind kind) {
  switch (kind) {
    case YamlValue::Kind::kNull:
      return "nothing (null)";
    case YamlValue::Kind::kBool:
      return "a boolean";
    case YamlValue::Kind::kInteger:
      return "an integer";
    case YamlValue::Kind::kFloat:
      return "a floating-point number";
    case YamlValue::Kind::kString:
      return "a string";
    case YamlValue::Kind::kList:
      return "a list";
    case YamlValue::Kind::kMap:
      return "a mapping";
  }
  return "nothing";
}

}  // namespace linuxkit
