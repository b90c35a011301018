#include "tools/config/metadata.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "tools/config/config.h"
#include "tools/config/yaml_text.h"
#include "tools/spec/message_json.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using Json = nlohmann::ordered_json;

Config Parse(const std::string& text) {
  const auto configs = ParseConfigs({{.path = "my.yml", .label = "//os:my.yml", .text = text}});
  EXPECT_THAT(configs, IsOk());
  return configs.ok() ? configs->front() : Config();
}

constexpr char kConfig[] = R"(
trust: {org: [x]}
services:
  - name: web
    image: nginx:1
    binds: []
    capabilities: [all]
    resources: {memory: {kernelTCP: 7}, pids: {limit: 5}}
    uidMappings: [{hostID: 1, containerID: 0, size: 2}]
    sysctl: {b: "1", a: yes}
    uid: web
init: [linuxkit/init:1, :local]
kernel: {image: "linuxkit/kernel:6", cmdline: "console=ttyS0 x", tar: ""}
volumes: [{name: data, image: redis}]
files:
  - {path: etc/motd, contents: "hello\n\nworld\n"}
  - {path: etc/info, metadata: yaml, mode: "0644"}
)";

TEST(MetadataTest, Yaml) {
  const auto text = MetadataYaml(Parse(kConfig));
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text, R"(kernel:
  image: docker.io/linuxkit/kernel:6
  cmdline: "console=ttyS0 x"
  tar: ""
init:
- docker.io/linuxkit/init:1
- ":local"
onboot: []
onshutdown: []
services:
- name: web
  image: docker.io/library/nginx:1
  capabilities:
  - all
  binds: []
  uid: web
  sysctl:
    a: "yes"
    b: "1"
  uidMappings:
  - containerID: 0
    hostID: 1
    size: 2
  resources:
    memory:
      kernelTCP: 7
    pids:
      limit: 5
files:
- path: etc/motd
  directory: false
  contents: |
    hello

    world
  optional: false
- path: etc/info
  directory: false
  metadata: yaml
  optional: false
  mode: "0644"
volumes:
- name: data
  image: redis
  readonly: false
)");
}

TEST(MetadataTest, YamlIsAConfigurationAgain) {
  Config config = Parse(kConfig);
  config.clear_trust();
  config.mutable_kernel()->set_image("docker.io/linuxkit/kernel:6");
  config.set_init(0, "docker.io/linuxkit/init:1");
  config.mutable_services(0)->set_image("docker.io/library/nginx:1");
  const auto text = MetadataYaml(config);
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(SpecJson(Parse(*text)), SpecJson(config));
}

TEST(MetadataTest, NamesOfTheWorkspaceStayAsWritten) {
  const auto text = MetadataYaml(Parse("init: [\":local\", \"@pkg:../x\", //os:web, redis:7]\n"));
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(*text, testing::HasSubstr("init:\n- \":local\"\n- \"@pkg:../x\"\n- //os:web\n"
                                        "- docker.io/library/redis:7\n"));
}

TEST(MetadataTest, EmptySystem) {
  EXPECT_EQ(*MetadataYaml({}),
            "kernel: {}\ninit: []\nonboot: []\nonshutdown: []\nservices: []\nfiles: []\n"
            "volumes: []\n");
  EXPECT_EQ(*MetadataJson({}), R"({
    "kernel": {},
    "init": null,
    "onboot": null,
    "onshutdown": null,
    "services": null,
    "files": null,
    "volumes": null
})");
}

TEST(MetadataTest, Json) {
  const auto text = MetadataJson(Parse("init: [a]\nfiles: [{path: x, contents: \"\\n\"}]"));
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text, R"({
    "kernel": {},
    "init": [
        "docker.io/library/a"
    ],
    "onboot": null,
    "onshutdown": null,
    "services": null,
    "files": [
        {
            "path": "x",
            "directory": false,
            "contents": "\n",
            "optional": false
        }
    ],
    "volumes": null
})");
}

// What a text becomes as a value, and that it is the same text when read back.
TEST(YamlTextTest, TextsSurvive) {
  struct Case {
    std::string text;
    std::string written;
  };
  const Case kCases[] = {
      {"plain/text-1.2:x", "plain/text-1.2:x"},
      {"", "\"\""},
      {"true", "\"true\""},
      {"No", "\"No\""},
      {"1", "\"1\""},
      {"0644", "\"0644\""},
      {"2017-04-18", "\"2017-04-18\""},
      {"-", "\"-\""},
      {"@x", "\"@x\""},
      {"key:", "\"key:\""},
      {"a: b", "\"a: b\""},
      {"a #b", "\"a #b\""},
      {" a", "\" a\""},
      {"\ta\\\"\x01", "\"\\ta\\\\\\\"\\u0001\""},
      {"\u00e9\u2028", "\"\u00e9\u2028\""},
      {"a\n", "\"a\\n\""},
      {"a\nb", "|-\n  a\n  b"},
      {"a\n\n b\n", "|\n  a\n\n   b"},
      {"a\n\n", "\"a\\n\\n\""},
      {"\na\nb", "\"\\na\\nb\""},
      {" a\nb", "\" a\\nb\""},
      {"a\n\tb", "\"a\\n\\tb\""},
  };
  for (const auto& [text, written] : kCases) {
    const std::string yaml = YamlText({{"k", text}});
    EXPECT_EQ(yaml, "k: " + written + "\n");
    const auto value = ParseYaml(yaml, {});
    ASSERT_THAT(value, IsOk()) << yaml;
    EXPECT_EQ(value->Find("k")->kind(), YamlValue::Kind::kString) << yaml;
    EXPECT_EQ(value->Find("k")->text(), text) << yaml;
  }
}

TEST(YamlTextTest, Nesting) {
  const Json json = {
      {"a", {{"b", {{{"c", 1}, {"d", Json::array({"x", "y\nz"})}}, {{"e", false}}}}}},
      {"f", Json::object()},
      {"g", nullptr}};
  EXPECT_EQ(YamlText(json),
            "a:\n"
            "  b:\n"
            "  - c: 1\n"
            "    d:\n"
            "    - x\n"
            "    - |-\n"
            "      y\n"
            "      z\n"
            "  - e: false\n"
            "f: {}\n"
            "g: null\n");
}

}  // namespace
}  // namespace linuxkit
