#include "tools/package/yaml_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// Far above any package's configuration; ten aliases to aliases can reach billions.
constexpr int kMaxNodes = 100000;
constexpr int kMaxDepth = 64;

bool IsDigits(std::string_view text, bool (*is_digit)(unsigned char)) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!is_digit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool IsOctalDigit(unsigned char c) { return c >= '0' && c <= '7'; }

// [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+. Numbers beyond 64 bits are left to be read as floating
// point.
std::optional<Json> ReadInteger(const std::string& text) {
  const std::string_view rest = std::string_view(text).substr(std::min<size_t>(2, text.size()));
  uint64_t value = 0;
  if (text.starts_with("0x") && IsDigits(rest, absl::ascii_isxdigit)) {
    return absl::SimpleHexAtoi(text, &value) ? std::make_optional<Json>(value) : std::nullopt;
  }
  // 21 octal digits are 63 bits.
  if (text.starts_with("0o") && IsDigits(rest, IsOctalDigit) && rest.size() <= 21) {
    for (const char c : rest) value = value * 8 + static_cast<uint64_t>(c - '0');
    return value;
  }
  const bool has_sign = text.starts_with("-") || text.starts_with("+");
  if (!IsDigits(std::string_view(text).substr(has_sign ? 1 : 0), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? std::make_optional<Json>(number) : std::nullopt;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool IsFloat(std::string_view text) {
  if (text.starts_with("-") || text.starts_with("+")) text.remove_prefix(1);
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  if (mantissa.size() < text.size()) {
    std::string_view exponent = text.substr(mantissa.size() + 1);
    if (exponent.starts_with("-") || exponent.starts_with("+")) exponent.remove_prefix(1);
    if (!IsDigits(exponent, absl::ascii_isdigit)) return false;
  }
  const size_t point = mantissa.find('.');
  const std::string_view whole = mantissa.substr(0, point);
  if (point == std::string_view::npos) return IsDigits(whole, absl::ascii_isdigit);
  const std::string_view fraction = mantissa.substr(point + 1);
  const bool whole_ok = whole.empty() || IsDigits(whole, absl::ascii_isdigit);
  const bool fraction_ok = fraction.empty() || IsDigits(fraction, absl::ascii_isdigit);
  return whole_ok && fraction_ok && !(whole.empty() && fraction.empty());
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// YAML 1.2.2, section 10.3.2.
Json TypedScalar(const std::string& text) {
  if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (IsOneOf(text, {"true", "True", "TRUE"})) return true;
  if (IsOneOf(text, {"false", "False", "FALSE"})) return false;
  if (const std::optional<Json> integer = ReadInteger(text)) return *integer;
  double number = 0;
  if (IsFloat(text) && absl::SimpleAtod(text, &number)) return number;
  return text;
}

class Converter {
 public:
  explicit Converter(std::string_view name) : name_(name) {}

  absl::StatusOr<Json> Convert(const YAML::Node& node, int depth) {
    if (++nodes_ > kMaxNodes || depth > kMaxDepth) {
      return YamlError(name_, node, "the document is too large or nested too deep");
    }
    if (node.IsMap()) return ConvertMap(node, depth);
    if (node.IsSequence()) return ConvertSequence(node, depth);
    if (node.IsScalar()) return ConvertScalar(node);
    return Json(nullptr);
  }

 private:
  absl::StatusOr<Json> ConvertScalar(const YAML::Node& node) {
    // yaml-cpp gives quoted scalars the tag "!", plain ones "?" or "".
    const std::string& tag = node.Tag();
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return Json(node.Scalar());
    if (tag != "?" && !tag.empty()) {
      return YamlError(name_, node, absl::StrCat("found the tag ", tag, "; expected none"));
    }
    const Json value = TypedScalar(node.Scalar());
    const bool is_infinite = value.is_number_float() && !std::isfinite(value.get<double>());
    if (is_infinite ||
        IsOneOf(absl::AsciiStrToLower(node.Scalar()), {".nan", ".inf", "+.inf", "-.inf"})) {
      return YamlError(name_, node,
                       absl::StrCat("found ", node.Scalar(), "; expected a number JSON can hold"));
    }
    return value;
  }

  absl::StatusOr<Json> ConvertSequence(const YAML::Node& node, int depth) {
    Json list = Json::array();
    for (const YAML::Node& element : node) {
      ABSL_ASSIGN_OR_RETURN(Json value, Convert(element, depth + 1));
      list.push_back(std::move(value));
    }
    return list;
  }

  absl::StatusOr<Json> ConvertMap(const YAML::Node& node, int depth) {
    Json object = Json::object();
    for (const auto& member : node) {
      if (!member.first.IsScalar()) return YamlError(name_, member.first, "expected a name");
      const std::string& key = member.first.Scalar();
      if (object.contains(key)) {
        return YamlError(name_, member.first, absl::StrCat("\"", key, "\" is given twice"));
      }
      ABSL_ASSIGN_OR_RETURN(object[key], Convert(member.second, depth + 1));
    }
    return object;
  }

  std::string_view name_;
  int nodes_ = 0;
};

}  // namespace

absl::Status YamlError(std::string_view name, const YAML::Node& node, std::string_view problem) {
  // An empty document has no place: its line is -1.
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": line ", std::max(node.Mark().line + 1, 1), ": ", problem));
}

absl::StatusOr<Json> YamlToJson(std::string_view name, const YAML::Node& node) {
  return Converter(name).Convert(node, 0);
}

}  // namespace linuxkit
