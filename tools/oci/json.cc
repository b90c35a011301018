#include "tools/oci/json.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

using nlohmann::json;

// Values in messages are cut to this length, so that a garbled document does not fill the screen.
constexpr size_t kMaxShownBytes = 80;

std::string Shorten(std::string text) {
  if (text.size() <= kMaxShownBytes) return text;
  size_t end = kMaxShownBytes;
  // Not inside a character.
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

// What a message shows of a value. Containers are named, not printed.
std::string Show(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return absl::StrCat("a list of ", value.size());
  if (value.is_string()) {
    return absl::StrCat("\"", Shorten(absl::Utf8SafeCEscape(value.get_ref<const std::string&>())),
                        "\"");
  }
  return value.dump();
}

// "line 2, column 7" of the byte before `position`, as the parser counts.
std::string LineAndColumn(std::string_view text, size_t position) {
  const std::string_view before = text.substr(0, position > 0 ? position - 1 : 0);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t column =
      newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return absl::StrCat("line ", line, ", column ", column);
}

// Walks the document without keeping it: finds what the tree could no longer tell (where the syntax
// breaks, keys given twice) and what must be refused before a tree is built (nesting).
class Checker : public nlohmann::json_sax<json> {
 public:
  Checker(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return Enter(); }
  bool start_array(size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(string_t& key) override {
    if (keys_.back().insert(key).second) return true;
    return Fail(absl::StrCat(name_, ": the key \"", Shorten(absl::Utf8SafeCEscape(key)),
                             "\" is given twice in one object"));
  }

  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    // The parser counts the byte it stopped at, and one more at the end.
    const bool at_end = position == 0 || position > text_.size();
    const std::string found =
        at_end ? "the end" : absl::StrCat("\"", absl::CEscape(text_.substr(position - 1, 1)), "\"");
    return Fail(absl::StrCat(name_, ": ", LineAndColumn(text_, position), ": found ", found,
                             "; expected valid JSON"));
  }

 private:
  bool Enter() {
    keys_.emplace_back();
    if (keys_.size() <= static_cast<size_t>(kMaxJsonDepth)) return true;
    return Fail(absl::StrCat(name_, ": nested deeper than ", kMaxJsonDepth, " levels"));
  }

  bool Leave() {
    keys_.pop_back();
    return true;
  }

  bool Fail(std::string message) {
    status_ = absl::InvalidArgumentError(std::move(message));
    return false;
  }

  std::string_view name_;
  std::string_view text_;
  std::vector<std::set<std::string>> keys_;
  absl::Status status_;
};

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

bool IsSha256Digest(std::string_view text) {
  return absl::ConsumePrefix(&text, "sha256:") && text.size() == 64 &&
         std::all_of(text.begin(), text.end(), IsLowerHex);
}

JsonNode::JsonNode(const std::string* document, const json* value, std::string place)
    : document_(document), value_(value), place_(std::move(place)) {}

std::string JsonNode::Name() const {
  return absl::StrCat(*document_, place_.empty() ? "" : ": ", place_);
}

absl::Status JsonNode::Unexpected(std::string_view expected) const {
  return absl::InvalidArgumentError(
      absl::StrCat(Name(), ": found ", Show(*value_), "; expected ", expected));
}

absl::StatusOr<std::optional<JsonNode>> JsonNode::Optional(std::string_view key) const {
  if (!value_->is_object()) return Unexpected("an object");
  const auto member = value_->find(key);
  if (member == value_->end() || member->is_null()) return std::nullopt;
  return JsonNode(document_, &*member, absl::StrCat(place_, place_.empty() ? "" : ".", key));
}

absl::StatusOr<JsonNode> JsonNode::Required(std::string_view key) const {
  ABSL_ASSIGN_OR_RETURN(std::optional<JsonNode> node, Optional(key));
  if (node) return *std::move(node);
  return absl::InvalidArgumentError(absl::StrCat(
      *document_, ": ", place_, place_.empty() ? "" : ": ", "\"", key, "\" is missing"));
}

absl::StatusOr<std::vector<JsonNode>> JsonNode::Elements() const {
  if (!value_->is_array()) return Unexpected("a list");
  std::vector<JsonNode> elements;
  elements.reserve(value_->size());
  for (const json& element : *value_) {
    elements.emplace_back(document_, &element, absl::StrCat(place_, "[", elements.size(), "]"));
  }
  return elements;
}

absl::StatusOr<std::map<std::string, JsonNode>> JsonNode::Members() const {
  if (!value_->is_object()) return Unexpected("an object");
  std::map<std::string, JsonNode> members;
  for (const auto& [key, value] : value_->items()) {
    members.emplace(
        key, JsonNode(document_, &value, absl::StrCat(place_, place_.empty() ? "" : ".", key)));
  }
  return members;
}

absl::StatusOr<bool> JsonNode::Bool() const {
  if (!value_->is_boolean()) return Unexpected("true or false");
  return value_->get<bool>();
}

absl::StatusOr<std::string> JsonNode::String() const {
  if (!value_->is_string()) return Unexpected("a string");
  return value_->get_ref<const std::string&>();
}

absl::StatusOr<uint64_t> JsonNode::Size() const {
  // Sizes are int64 in the specification; larger ones would overflow sums.
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (!value_->is_number_unsigned() || value_->get<uint64_t>() > static_cast<uint64_t>(kMax)) {
    return Unexpected(absl::StrCat("a whole number from 0 to ", kMax));
  }
  return value_->get<uint64_t>();
}

absl::StatusOr<std::vector<std::string>> JsonNode::StringList() const {
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, Elements());
  std::vector<std::string> strings;
  strings.reserve(elements.size());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(strings.emplace_back(), element.String());
  }
  return strings;
}

absl::StatusOr<std::map<std::string, std::string>> JsonNode::StringMap() const {
  if (!value_->is_object()) return Unexpected("an object");
  std::map<std::string, std::string> strings;
  for (const auto& [key, value] : value_->items()) {
    const JsonNode member(document_, &value, absl::StrCat(place_, "[\"", key, "\"]"));
    ABSL_ASSIGN_OR_RETURN(strings[key], member.String());
  }
  return strings;
}

absl::StatusOr<std::string> JsonNode::Digest() const {
  if (!value_->is_string() || !IsSha256Digest(value_->get_ref<const std::string&>())) {
    return Unexpected("\"sha256:\" and 64 lower-case hex digits");
  }
  return value_->get_ref<const std::string&>();
}

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string_view name, std::string_view text) {
  if (text.size() > kMaxJsonBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " has ", text.size(), " bytes; expected at most ", kMaxJsonBytes));
  }
  Checker checker(name, text);
  if (!json::sax_parse(text, &checker)) return checker.status();
  return JsonDocument(std::make_unique<const Content>(
      Content{.name = std::string(name), .value = json::parse(text, nullptr, false)}));
}

JsonNode JsonDocument::root() const { return JsonNode(&content_->name, &content_->value, ""); }

}  // namespace linuxkit
