// Every example system parses, has the expected skeleton, satisfies the JSON schema and survives
// `metadata: yaml`.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/config/config.h"
#include "tools/config/metadata.h"
#include "tools/config/skeleton.h"
#include "tools/config/testing/schema_evaluator.h"
#include "tools/spec/json_schema.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

constexpr char kFolder[] = "tests/compat/";

std::vector<std::string> ExampleNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

ConfigFile Load(const std::string& name) {
  const std::string path = absl::StrCat(kFolder, name, ".yml");
  return {.path = path,
          .label = absl::StrCat("//tests/compat:", name, ".yml"),
          .text = ReadFile(path).value_or("")};
}

class ExamplesTest : public testing::TestWithParam<std::string> {
 protected:
  const ConfigFile file_ = Load(GetParam());
};

TEST_P(ExamplesTest, HasTheExpectedSkeleton) {
  const auto configs = ParseConfigs({file_});
  ASSERT_THAT(configs, IsOk());
  const auto skeleton = MakeSkeleton(configs->front(), file_.label);
  ASSERT_THAT(skeleton, IsOk());
  const auto expected = ReadFile(absl::StrCat(kFolder, GetParam(), ".skeleton.json"));
  ASSERT_THAT(expected, IsOk());
  EXPECT_EQ(SkeletonJson(*skeleton), *expected);
}

TEST_P(ExamplesTest, SatisfiesTheSchema) {
  const auto value = ParseYaml(file_.text, {});
  ASSERT_THAT(value, IsOk());
  const nlohmann::ordered_json schema = ConfigJsonSchema();
  EXPECT_TRUE(SchemaEvaluator(schema).Accepts(*value));
}

TEST_P(ExamplesTest, MetadataIsTheSameSystem) {
  const auto configs = ParseConfigs({file_});
  ASSERT_THAT(configs, IsOk());
  const auto text = MetadataYaml(configs->front());
  ASSERT_THAT(text, IsOk());
  const auto again = ParseConfigs({{.path = "metadata", .label = file_.label, .text = *text}});
  ASSERT_THAT(again, IsOk()) << *text;
  EXPECT_EQ(*MetadataYaml(again->front()), *text);
}

std::string CaseName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ExamplesTest, testing::ValuesIn(ExampleNames()), CaseName);

TEST(ExamplesCountTest, AllThatLinuxKitPublishes) { EXPECT_EQ(ExampleNames().size(), 35); }

TEST(MergedExamplesTest, Arm64OverEquinixMetal) {
  const auto configs =
      ParseConfigs({Load("platform-equinixmetal"), Load("platform-equinixmetal.arm64")});
  ASSERT_THAT(configs, IsOk());
  const Config system = MergeConfigs(*configs);
  EXPECT_EQ(system.kernel().cmdline(), "console=ttyAMA0");
  EXPECT_TRUE(system.kernel().has_ucode());
  EXPECT_EQ(system.kernel().ucode(), "");
  ASSERT_EQ(system.onboot_size(), 5);
  EXPECT_EQ(system.onboot(4).name(), "modprobe");
  EXPECT_EQ(system.init_size(), 5);
}

// LinuxKit's own static-ip.yml has a comment at the left edge inside a block, which ends it.
TEST(MergedExamplesTest, StaticIpAsPublished) {
  const std::string text =
      "files:\n"
      "  - path: etc/ip/eth0.conf\n"
      "    contents: |\n"
      "      address add 10.10.1.225/24 dev eth0\n"
      "# brings it up\n"
      "      link set eth0 up\n"
      "      route add default via 10.10.1.100 dev eth0\n";
  EXPECT_EQ(ParseConfigs({{.path = "static-ip.yml", .label = "//:static-ip.yml", .text = text}})
                .status()
                .message(),
            "static-ip.yml:6:7: this does not continue the mapping above; expected KEY: VALUE, "
            "indented by blanks like "
            "the keys before it\n"
            "    6 |       link set eth0 up\n"
            "      |       ^");
}

}  // namespace
}  // namespace linuxkit
