// docs/yaml.md: every example is valid, together they show every key, and its tables name every
// key. The examples of docs/migrating-from-linuxkit.md are valid, too.
#include <google/protobuf/descriptor.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/config/config.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

constexpr std::string_view kReference = "docs/yaml.md";
constexpr std::string_view kGuide = "docs/migrating-from-linuxkit.md";

std::string Text(std::string_view path) { return ReadFile(std::string(path)).value_or(""); }

std::vector<std::string> Examples(std::string_view path) {
  std::vector<std::string> examples;
  bool inside = false;
  const std::string text = Text(path);
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    if (line == "```yaml") {
      examples.emplace_back();
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      absl::StrAppend(&examples.back(), line, "\n");
    }
  }
  return examples;
}

std::string Name(const FieldDescriptor& field) {
  return absl::StrCat(field.containing_type()->name(), ".", KeyOf(field));
}

void CollectKeys(const Descriptor& message, std::set<std::string>& names,
                 std::set<std::string>& keys) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!names.insert(Name(field)).second) continue;
    keys.emplace(KeyOf(field));
    const FieldType type = TypeOf(field);
    if (type.kind == FieldKind::kMapping) {
      CollectKeys(*type.holder->message_type(), names, keys);
    }
  }
}

// The keys of `value`, which was valid for `message`.
void CollectUsed(const YamlValue& value, const Descriptor& message, std::set<std::string>& names) {
  for (const YamlValue& item : value.items()) CollectUsed(item, message, names);
  for (const YamlValue::Field& entry : value.fields()) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (KeyOf(field) != entry.key) continue;
      names.insert(Name(field));
      const FieldType type = TypeOf(field);
      if (type.kind == FieldKind::kMapping) {
        CollectUsed(entry.value, *type.holder->message_type(), names);
      }
    }
  }
}

TEST(DocsTest, ExamplesAreValid) {
  EXPECT_GE(Examples(kReference).size(), 15u);
  EXPECT_GE(Examples(kGuide).size(), 1u);
  for (const std::string_view path : {kReference, kGuide}) {
    for (const std::string& example : Examples(path)) {
      EXPECT_THAT(ParseConfigs({{.path = std::string(path), .label = "//os:my.yml", .text = example}}),
                  IsOk())
          << example;
    }
  }
}

TEST(DocsTest, ExamplesShowEveryKey) {
  std::set<std::string> names;
  std::set<std::string> keys;
  CollectKeys(*Config::descriptor(), names, keys);
  std::set<std::string> used;
  for (const std::string& example : Examples(kReference)) {
    const auto value = ParseYaml(example, {});
    ASSERT_THAT(value, IsOk());
    CollectUsed(*value, *Config::descriptor(), used);
  }
  EXPECT_EQ(used, names);
}

TEST(DocsTest, TextNamesEveryKey) {
  std::set<std::string> names;
  std::set<std::string> keys;
  CollectKeys(*Config::descriptor(), names, keys);
  const std::string text = Text(kReference);
  for (const std::string& key : keys) {
    const bool named =
        text.find("`" + key + "`") != text.npos || text.find("## " + key + "\n") != text.npos;
    EXPECT_TRUE(named) << key;
  }
}

}  // namespace
}  // namespace linuxkit
