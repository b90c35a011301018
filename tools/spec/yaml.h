// A YAML document as a tree of values that remember where they stood.
//
// Scalars have the types of YAML 1.2's core schema: `yes`, `on` and `2017-04-18` are text, as is
// everything in quotes. Integers are those that LinuxKit's reader takes: decimal, 0x hexadecimal,
// 0b binary, octal with 0o or only 0, in all "_" between digits. JSON is YAML. Only the first
// document of a stream is read, as LinuxKit does. Anchors, aliases and merge keys (`<<`) are
// resolved. Depth and size after that are bounded, so that no text can exhaust memory or stack.
//
//   ABSL_ASSIGN_OR_RETURN(const YamlValue root, ParseYaml(text, {.name = "os/web.yml", .positions =
//   true})); if (const YamlValue* name = root.Find("name")) Use(name->text());
#ifndef TOOLS_SPEC_YAML_H_
#define TOOLS_SPEC_YAML_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "tools/spec/problems.h"

namespace linuxkit {

class YamlValue {
 public:
  enum class Kind { kNull, kBool, kInteger, kFloat, kString, kList, kMap };
  struct Field;

  YamlValue() = default;
  // A plain or quoted scalar; a plain one gets its type from its text.
  static YamlValue Plain(Position position, std::string text);
  static YamlValue Quoted(Position position, std::string text);
  static YamlValue List(Position position, std::vector<YamlValue> items);
  static YamlValue Map(Position position, std::vector<Field> fields);

  Kind kind() const { return kind_; }
  Position position() const { return position_; }
  // A scalar as written, without its quotes.
  const std::string& text() const { return text_; }
  bool boolean() const { return boolean_; }
  absl::int128 integer() const { return integer_; }
  // The number of an integer, or of a floating-point number without a fraction, such as 1e3.
  std::optional<absl::int128> whole() const;
  bool is_scalar() const { return kind_ != Kind::kList && kind_ != Kind::kMap; }
  const std::vector<YamlValue>& items() const { return items_; }
  // In the order of the text; keys are text and occur once.
  const std::vector<Field>& fields() const { return fields_; }
  // The value under `key` of a mapping, or null.
  const YamlValue* Find(std::string_view key) const;

 private:
  Kind kind_ = Kind::kNull;
  Position position_;
  std::string text_;
  bool boolean_ = false;
  absl::int128 integer_ = 0;
  std::vector<YamlValue> items_;
  std::vector<Field> fields_;
};

struct YamlValue::Field {
  std::string key;
  Position position;
  YamlValue value;
};

// What YAML 1.1 takes for a boolean besides true and false, such as `yes` and `off`.
std::optional<bool> OldBool(const YamlValue& value);

// "a string", "an integer", "a list", ...
std::string_view KindName(YamlValue::Kind kind);

// The first document of `text`. An empty stream is an error of code kNotFound.
absl::StatusOr<YamlValue> ParseYaml(std::string_view text, const DocumentSource& source);

// The same, to report with other problems of the text.
std::optional<YamlValue> ReadYaml(std::string_view text, Problems& problems);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_YAML_H_
