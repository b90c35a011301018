#include "tools/config/yaml_text.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// Words that some version of YAML takes for something else.
constexpr std::string_view kSpecial[] = {"true", "false", "yes", "no", "on",
                                         "off",  "null",  "y",   "n"};

bool IsPlainCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_/.,=+@%-:", c);
}

// Narrower than YAML allows: a letter, "_" or "/" begins it, so it is no number, date or indicator.
bool IsPlain(std::string_view text) {
  if (text.empty() || absl::EndsWith(text, ":") ||
      !std::all_of(text.begin(), text.end(), IsPlainCharacter))
    return false;
  if (!absl::ascii_isalpha(static_cast<unsigned char>(text[0])) && text[0] != '_' && text[0] != '/')
    return false;
  return std::none_of(std::begin(kSpecial), std::end(kSpecial),
                      [text](std::string_view word) { return absl::EqualsIgnoreCase(word, text); });
}

// A literal block keeps such a text byte for byte: lines of printable ASCII that do not begin with
// a blank, at most one newline at the end.
bool IsBlock(std::string_view text) {
  if (!absl::StrContains(text.substr(0, text.size() - 1), '\n') || absl::EndsWith(text, "\n\n"))
    return false;
  if (text[0] == '\n' || text[0] == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\n' || absl::ascii_isprint(static_cast<unsigned char>(c));
  });
}

std::string Scalar(const Json& json) {
  if (!json.is_string()) return json.dump();
  const std::string& text = json.get_ref<const std::string&>();
  // YAML takes JSON's escapes in double quotes.
  return IsPlain(text) ? text
                       : json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

class Writer {
 public:
  // `value` after a key; lists stand at the key's own indentation.
  void AfterKey(const Json& value, int indent);
  void Fields(const Json& object, int indent);
  void Items(const Json& list, int indent);
  std::string Take() { return std::move(out_); }

 private:
  void Indent(int indent) { out_.append(static_cast<size_t>(indent), ' '); }
  void Block(std::string_view text, int indent);

  std::string out_;
};

void Writer::Block(std::string_view text, int indent) {
  absl::StrAppend(&out_, " |", absl::EndsWith(text, "\n") ? "" : "-", "\n");
  if (absl::EndsWith(text, "\n")) text.remove_suffix(1);
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    if (!line.empty()) Indent(indent + 2);
    absl::StrAppend(&out_, line, "\n");
  }
}

void Writer::AfterKey(const Json& value, int indent) {
  if (value.is_string() && IsBlock(value.get_ref<const std::string&>())) {
    return Block(value.get_ref<const std::string&>(), indent);
  }
  const bool nested = (value.is_object() || value.is_array()) && !value.empty();
  if (!nested) {
    absl::StrAppend(&out_, " ", Scalar(value), "\n");
    return;
  }
  out_ += "\n";
  value.is_object() ? Fields(value, indent + 2) : Items(value, indent);
}

void Writer::Fields(const Json& object, int indent) {
  // The first field of a list's item stands behind its dash.
  bool behind_dash = absl::EndsWith(out_, "- ");
  for (const auto& field : object.items()) {
    if (!behind_dash) Indent(indent);
    behind_dash = false;
    absl::StrAppend(&out_, Scalar(field.key()), ":");
    AfterKey(field.value(), indent);
  }
}

void Writer::Items(const Json& list, int indent) {
  for (const Json& item : list) {
    Indent(indent);
    out_ += "-";
    if (item.is_object() && !item.empty()) {
      out_ += " ";
      Fields(item, indent + 2);
    } else {
      AfterKey(item, item.is_array() ? indent + 2 : indent);
    }
  }
}

}  // namespace

std::string YamlText(const Json& json) {
  if (!json.is_object() || json.empty()) return Scalar(json) + "\n";
  Writer writer;
  writer.Fields(json, 0);
  return writer.Take();
}

}  // namespace linuxkit
