#include "tools/spec/type_advice.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

std::string InQuotes(std::string_view text) {
  return absl::StrCat("\"", absl::CEscape(text), "\"");
}

// The digits of the mode that a number stands for: as they are written, 0644 or 0o644. Attributes
// arrive as decimal numbers, however their author wrote them.
std::string ModeDigits(const YamlValue& value, bool is_written) {
  const std::string_view text = value.text();
  if (!is_written) return absl::StrFormat("0%o", static_cast<uint64_t>(value.integer()));
  return absl::StartsWithIgnoreCase(text, "0o") ? absl::StrCat("0", text.substr(2))
                                                : std::string(text);
}

std::string ToWriteText(const YamlValue& value, const FieldType& type, bool is_written) {
  const bool is_mode = type.holder != nullptr && type.holder->name() == "mode" &&
                       value.kind() == YamlValue::Kind::kInteger;
  return absl::StrCat(" (put it in quotes: ",
                      InQuotes(is_mode ? ModeDigits(value, is_written) : value.text()), ")");
}

std::string ToWriteBool(const YamlValue& value) {
  std::optional<bool> meant = OldBool(value);
  if (absl::EqualsIgnoreCase(value.text(), "true")) meant = true;
  if (absl::EqualsIgnoreCase(value.text(), "false")) meant = false;
  return meant ? absl::StrCat(" (write ", *meant ? "true" : "false", ")") : "";
}

std::string ToWriteInteger(const YamlValue& value) {
  const bool is_number = YamlValue::Plain({}, value.text()).whole().has_value();
  return is_number ? absl::StrCat(" (write it without quotes: ", value.text(), ")") : "";
}

std::string ToWriteList(const YamlValue& value, const FieldType& type) {
  if (type.kind == FieldKind::kMapping) {
    return value.kind() == YamlValue::Kind::kMap ? " (put it in a list)" : "";
  }
  if (!value.is_scalar() || value.text().empty()) return "";
  const bool is_text = type.kind == FieldKind::kString || value.kind() == YamlValue::Kind::kString;
  return absl::StrCat(" (put it in a list: [", is_text ? InQuotes(value.text()) : value.text(),
                      "])");
}

}  // namespace

std::string HowToWrite(const YamlValue& value, const FieldType& type, bool is_written) {
  if (type.is_list) return ToWriteList(value, type);
  if (!value.is_scalar() || value.text().empty()) return "";
  switch (type.kind) {
    case FieldKind::kString:
      return ToWriteText(value, type, is_written);
    case FieldKind::kBool:
      return ToWriteBool(value);
    case FieldKind::kInteger:
      return ToWriteInteger(value);
    default:
      return "";
  }
}

}  // namespace linuxkit
