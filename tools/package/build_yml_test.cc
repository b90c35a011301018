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

TEST(ConfigLabelTest, Labels) {
  const std::vector<Case> cases = {
      {"image: x\n", ""},
      {"image: x\norg: o\nconfig:\n", ""},
      {"image: x\nconfig:\n  binds:\n    - /dev:/dev\n  readonly: true\n",
       R"({"binds":["/dev:/dev"],"readonly":true})"},
      {"image: x\nconfig: {net: host, pid: 'true', oomScoreAdj: -800}\n",
       R"({"net":"host","pid":"true","oomScoreAdj":-800})"},
      // The core schema of YAML 1.2: no yes and no, octal only with 0o.
      {"image: x\nconfig: {a: yes, b: 0o17, c: 0x1F, d: 010, e: ~, f: 1.5e3, g: 1_000, h: +1}\n",
       R"({"a":"yes","b":15,"c":31,"d":10,"e":null,"f":1500.0,"g":"1_000","h":1})"},
      {"image: x\nconfig: {a: 1.2.3, b: 12a, c: ., d: 1., e: .5, f: '', g: -, h: 1e}\n",
       R"({"a":"1.2.3","b":"12a","c":".","d":1.0,"e":0.5,"f":"","g":"-","h":"1e"})"},
      {"image: x\nconfig: {z: &l [1], a: *l, s: !!str 5}\n", R"({"z":[1],"a":[1],"s":"5"})"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.yaml);
    EXPECT_THAT(ConfigLabelOf("build.yml", test.yaml), IsOkAndHolds(test.expected));
  }
}

TEST(ConfigLabelTest, Errors) {
  const std::vector<Case> cases = {
      {"", "build.yml: line 1: expected a mapping with the key \"image\""},
      {"- image\n", "build.yml: line 1: expected a mapping with the key \"image\""},
      {"org: o\n", "build.yml: line 1: \"image\" must give the package's name"},
      {"image: x\n\nconfigs: {}\n",
       "build.yml: line 3: found the unknown key \"configs\"; did you mean \"config\"?"},
      {"image: x\nextra_sources: []\n",
       "build.yml: line 2: found the unknown key \"extra_sources\"; did you mean "
       "\"extra-sources\"?"},
      {"image: x\nimage: y\n", "build.yml: line 2: \"image\" is given twice"},
      {"image: x\nconfig: [a]\n", "build.yml: line 2: \"config\" must be a mapping"},
      {"image: x\nconfig:\n  a: 1\n  a: 2\n", "build.yml: line 4: \"a\" is given twice"},
      {"image: x\nconfig:\n  a: .inf\n",
       "build.yml: line 3: found .inf; expected a number JSON can hold"},
      {"image: x\nconfig:\n  a: !binary AA==\n",
       "build.yml: line 3: found the tag !binary; expected none"},
      {"image: x\nconfig: {[a]: 1}\n", "build.yml: line 2: expected a name"},
      {"image: [x\n", "build.yml: line 2: not valid YAML: end of sequence flow not found"},
      {"image: x\nconfig: {a: \"\xff\"}\n", "build.yml: found text that is not valid UTF-8"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.yaml);
    EXPECT_THAT(ConfigLabelOf("build.yml", test.yaml),
                StatusIs(absl::StatusCode::kInvalidArgument, test.expected));
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
                       "build.yml: line 3: the document is too large or nested too deep"));
}

}  // namespace
}  // namespace linuxkit
