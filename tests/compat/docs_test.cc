// docs/yaml.md: every example is valid, together they show every key, and its tables name every
// key. The examples of docs/migrating-from-linuxkit.md are valid, too, and it has an answer to
// every command and flag of LinuxKit's. Examples of registries.json are valid in all of them.
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
#include "tools/registry/registries_config.h"
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
constexpr std::string_view kLock = "docs/lock.md";
constexpr std::string_view kRegistries = "docs/registries.md";

std::string Text(std::string_view path) { return ReadFile(std::string(path)).value_or(""); }

// The blocks of a language in a document.
std::vector<std::string> Examples(std::string_view path, std::string_view language = "yaml") {
  std::vector<std::string> examples;
  bool inside = false;
  const std::string text = Text(path);
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    if (line == absl::StrCat("```", language)) {
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
      EXPECT_THAT(
          ParseConfigs({{.path = std::string(path), .label = "//os:my.yml", .text = example}}),
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

TEST(DocsTest, RegistriesFilesAreValid) {
  int count = 0;
  for (const std::string_view path : {kRegistries, kLock, kGuide}) {
    for (const std::string& example : Examples(path, "json")) {
      if (example.find("\"version\"") != example.npos) continue;  // a lock file
      EXPECT_THAT(RegistriesConfig::Parse(path, example, "/workspace"), IsOk()) << example;
      ++count;
    }
  }
  EXPECT_GE(count, 5);
}

// The text from the heading to the next one of its level.
std::string Section(const std::string& text, std::string_view heading) {
  const size_t begin = text.find(absl::StrCat("\n## ", heading, "\n"));
  if (begin == text.npos) return "";
  return text.substr(begin, text.find("\n## ", begin + 1) - begin);
}

// Whether the word stands between backquotes, alone or with others.
bool HasCode(std::string_view text, std::string_view word) {
  const std::vector<std::string_view> pieces = absl::StrSplit(text, '`');
  for (size_t i = 1; i < pieces.size(); i += 2) {
    for (const std::string_view each : absl::StrSplit(pieces[i], absl::ByAnyChar(" ,\n"))) {
      if (each == word) return true;
    }
  }
  return false;
}

struct Command {
  const char* heading;
  const char* words;  // its commands, flags and variables
};

// LinuxKit format, sections 7.5, 8 and 12.
constexpr Command kCommands[] = {
    {"linuxkit build",
     "--arch --cache --decompress-kernel --dir --docker --dry-run -f --format --input-tar --name "
     "--no-sbom --sbom-output --sbom-current-time --o --pull --size --mirror --cert-file -q "
     "--quiet -v --verbose LINUXKIT_CACHE LINUXKIT_MIRROR DOCKER_HOST"},
    {"linuxkit pkg", "build push show-tag builder manifest index remote-tag update-hashes"},
    {"linuxkit cache",
     "clean export import ls pull push rm --outfile --platform --format --name --remote-name "
     "--with-arch-tags --override --published-only"},
    {"linuxkit run",
     "qemu --cpus --mem --disk --arch --accel LINUXKIT_QEMU_ACCEL --uefi --fw --iso --kernel "
     "--squashfs --state --data --data-file --networking --publish --gui --usb --device --virtiofs "
     "--virtiofsd --qemu --detached hyperkit virtualization hyperv vbox vmware vcenter openstack "
     "azure scaleway equinixmetal aws gcp"},
    {"linuxkit push", "aws azure equinixmetal gcp openstack scaleway vcenter"},
    {"linuxkit serve", "--port --directory"},
    {"linuxkit metadata", "create"},
    {"The rest", "version completion ~/.moby ~/.linuxkit"},
};

TEST(DocsTest, GuideAnswersEveryCommand) {
  const std::string text = Text(kGuide);
  for (const Command& command : kCommands) {
    const std::string section = Section(text, command.heading);
    for (const std::string_view word : absl::StrSplit(command.words, ' ')) {
      EXPECT_TRUE(HasCode(section, word)) << "## " << command.heading << ": " << word;
    }
  }
}

}  // namespace
}  // namespace linuxkit
