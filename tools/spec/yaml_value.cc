// The values of a YAML document and the types of plain scalars: those of YAML 1.2.2,
// section 10.3.2, and the other spellings of numbers that LinuxKit's reader takes.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
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
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

// Numbers of more than 64 bits fit nothing, so anything far beyond may be called something else.
std::optional<absl::int128> Digits(std::string_view digits, int base) {
  if (digits.empty()) return std::nullopt;
  absl::int128 value = 0;
  for (const char c : digits) {
    if (DigitValue(c) >= base || (value >> 96) != 0) return std::nullopt;
    value = value * base + DigitValue(c);
  }
  return value;
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// "_" in a number separates its digits and means nothing.
std::string WithoutUnderscores(std::string_view text) {
  const bool is_number = !text.empty() && (IsDigit(text[0]) || text[0] == '-' || text[0] == '+');
  return is_number ? absl::StrReplaceAll(text, {{"_", ""}}) : std::string(text);
}

std::optional<absl::int128> Unsigned(std::string_view text) {
  const std::pair<std::string_view, int> kBases[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
  for (const auto& [prefix, base] : kBases) {
    if (absl::StartsWithIgnoreCase(text, prefix)) return Digits(text.substr(2), base);
  }
  return Digits(text, absl::StartsWith(text, "0") ? 8 : 10);
}

std::optional<absl::int128> AsInteger(std::string_view text) {
  const bool negative = absl::StartsWith(text, "-");
  if (negative || absl::StartsWith(text, "+")) text.remove_prefix(1);
  const std::optional<absl::int128> value = Unsigned(text);
  return value && negative ? -*value : value;
}

size_t CountDigits(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsDigit);
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
  const std::string number = WithoutUnderscores(value.text_);
  if (IsNull(value.text_)) {
    value.kind_ = Kind::kNull;
  } else if (const std::optional<bool> boolean = AsBool(value.text_)) {
    value.kind_ = Kind::kBool;
    value.boolean_ = *boolean;
  } else if (const std::optional<absl::int128> integer = AsInteger(number)) {
    value.kind_ = Kind::kInteger;
    value.integer_ = *integer;
  } else if (IsFloat(number)) {
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

std::optional<absl::int128> YamlValue::whole() const {
  if (kind_ == Kind::kInteger) return integer_;
  double number = 0;
  // Up to here a double has all digits of a whole number.
  constexpr double kExact = 9007199254740992;
  const bool is_whole = kind_ == Kind::kFloat &&
                        absl::SimpleAtod(WithoutUnderscores(text_), &number) &&
                        std::abs(number) <= kExact && std::trunc(number) == number;
  return is_whole ? std::make_optional(absl::int128(number)) : std::nullopt;
}

const YamlValue* YamlValue::Find(std::string_view key) const {
  const auto field = std::find_if(fields_.begin(), fields_.end(),
                                  [key](const Field& candidate) { return candidate.key == key; });
  return field == fields_.end() ? nullptr : &field->value;
}

std::optional<bool> OldBool(const YamlValue& value) {
  if (value.kind() != YamlValue::Kind::kString) return std::nullopt;
  for (const std::string_view word : {"y", "yes", "on"}) {
    if (absl::EqualsIgnoreCase(value.text(), word)) return true;
  }
  for (const std::string_view word : {"n", "no", "off"}) {
    if (absl::EqualsIgnoreCase(value.text(), word)) return false;
  }
  return std::nullopt;
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
