#include "tools/package/build_yml.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

struct Case {
  std::string yaml;
  std::string expected;
};

void ExpectLabels(const std::vector<Case>& cases, std::string_view before, std::string_view after) {
  for (const Case& test : cases) {
    SCOPED_TRACE(test.yaml);
    EXPECT_THAT(ConfigLabelOf("build.yml", absl::StrCat(before, test.yaml, after)),
                IsOkAndHolds(test.expected));
  }
}

TEST(ConfigLabelTest, Files) {
  ExpectLabels(
      {
          {"image: x\n", ""},
          {"image: x\norg: o\nconfig:\n", ""},
          {"image: x\nconfig: {}\n", "{}"},
          {"image: x\nconfig:\n  binds:\n    - /dev:/dev\n  readonly: true\n",
           R"({"binds":["/dev:/dev"],"readonly":true})"},
          // All that LinuxKit's packages have besides.
          {"image: x\norg: o\ntag: '{{.Hash}}'\ndockerfile: D\narches: [amd64]\n"
           "extra-sources: [a:b]\ngitrepo: g\nnetwork: yes\ndisable-cache: true\n"
           "disable-content-trust: true\nbuildArgs: [A=1]\n"
           "depends: {docker-images: {target-dir: d, target: t, from-file: f, list: [l]}}\n",
           ""},
      },
      "", "");
}

// What `linuxkit pkg build` makes of a scalar where its struct has such a field.
TEST(ConfigLabelTest, TextsOfWhateverScalars) {
  ExpectLabels(
      {
          {"devices: [{path: /dev/x, type: c, major: 4, minor: 64, mode: 0660}]",
           R"({"devices":[{"path":"/dev/x","type":"c","major":4,"minor":64,"mode":"0660"}]})"},
          {"hostname: 123", R"({"hostname":"123"})"},
          {"hostname: 0x1F", R"({"hostname":"0x1F"})"},
          {"hostname: true", R"({"hostname":"true"})"},
          {"hostname: 2017-04-18", R"({"hostname":"2017-04-18"})"},
          {"command: [sleep, 1000, 1.50, no]", R"({"command":["sleep","1000","1.50","no"]})"},
          {"sysctl: {net.ipv4.ip_forward: 1}", R"({"sysctl":{"net.ipv4.ip_forward":"1"}})"},
          {"annotations: {version: 1.10, none: ~}",
           R"({"annotations":{"none":"","version":"1.10"}})"},
          {"resources: {cpu: {cpus: 0}}", R"({"resources":{"cpu":{"cpus":"0"}}})"},
          {"net: host\n  hostname: 'true'", R"({"net":"host","hostname":"true"})"},
          {"hostname: !!str 5", R"({"hostname":"5"})"},
      },
      "image: x\nconfig:\n  ", "\n");
}

TEST(ConfigLabelTest, Booleans) {
  for (const char* word : {"true", "True", "yes", "YES", "on", "y", "'yes'"}) {
    EXPECT_THAT(
        ConfigLabelOf("build.yml", absl::StrCat("image: x\nconfig: {readonly: ", word, "}")),
        IsOkAndHolds(R"({"readonly":true})"))
        << word;
  }
  for (const char* word : {"false", "no", "Off", "n"}) {
    EXPECT_THAT(
        ConfigLabelOf("build.yml", absl::StrCat("image: x\nconfig: {readonly: ", word, "}")),
        IsOkAndHolds(R"({"readonly":false})"))
        << word;
  }
}

TEST(ConfigLabelTest, Numbers) {
  ExpectLabels(
      {
          {"uid: 0100", R"({"uid":64})"},
          {"uid: 0o17\n  gid: 0x1f", R"({"uid":15,"gid":31})"},
          {"uid: nobody", R"({"uid":"nobody"})"},
          {"uid: '0100'", R"({"uid":"0100"})"},
          {"oomScoreAdj: -1_000", R"({"oomScoreAdj":-1000})"},
          {"additionalGids: [010, +5, 1_0, a]", R"({"additionalGids":[8,5,10,"a"]})"},
          {"resources: {memory: {limit: 100_000_000}}",
           R"({"resources":{"memory":{"limit":100000000}}})"},
          {"resources: {cpu: {shares: 1e3, quota: 0b101}}",
           R"({"resources":{"cpu":{"shares":1000,"quota":5}}})"},
      },
      "image: x\nconfig:\n  ", "\n");
}

// Go's structs have fields of the runtime specification under lower-case names.
TEST(ConfigLabelTest, KeysInLowerCase) {
  ExpectLabels(
      {
          {"uidMappings: [{hostid: 1, containerid: 2, size: 3}]",
           R"({"uidMappings":[{"containerID":2,"hostID":1,"size":3}]})"},
          {"resources: {memory: {kerneltcp: 1}}", R"({"resources":{"memory":{"kernelTCP":1}}})"},
      },
      "image: x\nconfig:\n  ", "\n");
}

TEST(ConfigLabelTest, NullIsNotSet) {
  ExpectLabels(
      {
          {"binds:\n  readonly: ~\n  net:\n  uid: null", "{}"},
          {"binds: [~, /a:/b]\n  capabilities: []", R"({"capabilities":[],"binds":["/a:/b"]})"},
      },
      "image: x\nconfig:\n  ", "\n");
}

TEST(ConfigLabelTest, MergeKeys) {
  ExpectLabels({{"  devices:\n"
                 "    - &first {path: /dev/a, type: c, major: 1, minor: 2, mode: \"0600\"}\n"
                 "    - <<: *first\n"
                 "      path: /dev/b\n",
                 R"({"devices":[{"path":"/dev/a","type":"c","major":1,"minor":2,"mode":"0600"},)"
                 R"({"path":"/dev/b","type":"c","major":1,"minor":2,"mode":"0600"}]})"}},
               "image: x\nconfig:\n", "");
}

TEST(ConfigLabelTest, Errors) {
  const std::vector<Case> cases = {
      {"", "build.yml:1:1: the document is empty; expected at least \"{}\""},
      {"- image\n",
       "build.yml:1:1: found a list; expected a mapping\n"
       "    1 | - image\n"
       "      | ^"},
      {"org: o\n",
       "build.yml:1:1: image is required; expected the name of the package's image\n"
       "    1 | org: o\n"
       "      | ^"},
      {"image: x\n\nconfigs: {}\n",
       "build.yml:3:1: unknown key \"configs\"; did you mean \"config\"?\n"
       "    3 | configs: {}\n"
       "      | ^"},
      {"image: x\nextra_sources: []\n",
       "build.yml:2:1: unknown key \"extra_sources\"; did you mean \"extra-sources\"?\n"
       "    2 | extra_sources: []\n"
       "      | ^"},
      {"image: x\nimage: y\n",
       "build.yml:2:1: the key \"image\" is already set at line 1, column 1; keep one of them\n"
       "    2 | image: y\n"
       "      | ^"},
      {"image: x\nconfig: [a]\n",
       "build.yml:2:9: config: found a list; expected a mapping\n"
       "    2 | config: [a]\n"
       "      |         ^"},
      {"image: x\nconfig:\n  readonly: maybe\n  oomScoreAdj: 1.5\n  binds: /a:/b\n",
       "build.yml:3:13: config.readonly: found a string; expected true or false\n"
       "    3 |   readonly: maybe\n"
       "      |             ^\n"
       "build.yml:4:16: config.oomScoreAdj: found a floating-point number; expected an integer\n"
       "    4 |   oomScoreAdj: 1.5\n"
       "      |                ^\n"
       "build.yml:5:10: config.binds: found a string; expected a list of strings (put it in a "
       "list: "
       "[\"/a:/b\"])\n"
       "    5 |   binds: /a:/b\n"
       "      |          ^"},
      {"image: x\nconfig:\n  capabilities: [NET_ADMIN]\n",
       "build.yml:3:17: config.capabilities: unknown capability: NET_ADMIN; did you mean "
       "CAP_NET_ADMIN?\n"
       "    3 |   capabilities: [NET_ADMIN]\n"
       "      |                 ^"},
      {"image: x\nconfig: {name: y}\n",
       "build.yml:2:10: config: found \"name\", which an entry of a system has; leave it out\n"
       "    2 | config: {name: y}\n"
       "      |          ^"},
      {"image: x\nconfig: {hostname: !binary AA==}\n",
       "build.yml:2:20: unknown tag \"!binary\"; leave it out\n"
       "    2 | config: {hostname: !binary AA==}\n"
       "      |                    ^"},
      {"image: x\nconfig: {hostname: \"\xff\"}\n",
       "build.yml:2:21: found a byte that is not UTF-8; expected the file to be UTF-8\n"
       "    2 | ???????????????????????\n"
       "      |                     ^"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.yaml);
    EXPECT_EQ(ConfigLabelOf("build.yml", test.yaml).status().message(), test.expected);
  }
}

// Nine levels of nine aliases are 387 million values.
TEST(ConfigLabelTest, AliasesThatExplode) {
  std::string yaml = "image: x\nconfig:\n  a0: &a0 [1]\n";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&yaml, "  a", i, ": &a", i, " [");
    for (int j = 0; j < 9; ++j) absl::StrAppend(&yaml, "*a", i - 1, ", ");
    absl::StrAppend(&yaml, "]\n");
  }
  EXPECT_THAT(ConfigLabelOf("build.yml", yaml),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::HasSubstr("the document is too large with its aliases written "
                                            "out; expected at most 64 MiB")));
}

}  // namespace
}  // namespace linuxkit
