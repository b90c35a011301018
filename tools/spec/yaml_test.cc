#include "tools/spec/yaml.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/spec/utf8.h"

namespace linuxkit {
namespace {

// One line: kinds as letters, mappings in their order. "{a: i1, b: [s x]}"
std::string Dump(const YamlValue& value) {
  std::string out;
  switch (value.kind()) {
    case YamlValue::Kind::kNull:
      return "null";
    case YamlValue::Kind::kBool:
      return value.boolean() ? "true" : "false";
    case YamlValue::Kind::kInteger:
      return absl::StrCat("i", value.integer());
    case YamlValue::Kind::kFloat:
      return absl::StrCat("f", value.text());
    case YamlValue::Kind::kString:
      return absl::StrCat("s:", absl::Utf8SafeCEscape(value.text()));
    case YamlValue::Kind::kList:
      for (const YamlValue& item : value.items())
        absl::StrAppend(&out, out.empty() ? "" : ", ", Dump(item));
      return absl::StrCat("[", out, "]");
    case YamlValue::Kind::kMap:
      for (const YamlValue::Field& field : value.fields()) {
        absl::StrAppend(&out, out.empty() ? "" : ", ", field.key, "=", Dump(field.value));
      }
      return absl::StrCat("{", out, "}");
  }
  return out;
}

struct Case {
  const char* name;
  const char* text;
  const char* expected;
};

class YamlTest : public testing::TestWithParam<Case> {};

TEST_P(YamlTest, Gives) {
  const auto value = ParseYaml(GetParam().text, {.name = "f.yml", .positions = true});
  EXPECT_EQ(value.ok() ? Dump(*value) : std::string(value.status().message()), GetParam().expected)
      << GetParam().text;
}

std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.name; }

constexpr Case kScalars[] = {
    {"YesIsText", "[yes, no, on, off, y]", "[s:yes, s:no, s:on, s:off, s:y]"},
    {"Booleans", "[true, False, TRUE, tRUE]", "[true, false, true, s:tRUE]"},
    {"Nulls", "[null, ~, Null, NULL, nULL]", "[null, null, null, null, s:nULL]"},
    {"NoValueIsNull", "a:", "{a=null}"},
    {"Decimal", "[0, -1, +2, 007]", "[i0, i-1, i2, i7]"},
    {"Hexadecimal", "[0x1F, 0xg, 0x]", "[i31, s:0xg, s:0x]"},
    {"Octal", "[0o17, 0o8, 0o]", "[i15, s:0o8, s:0o]"},
    {"SixtyFourBits", "[18446744073709551615]", "[i18446744073709551615]"},
    {"BeyondAllIntegers", "[10000000000000000000000000000000]",
     "[f10000000000000000000000000000000]"},
    {"Floats", "[1.5, .5, 1., 1e3, -.inf, .nan, 1e, e1, .]",
     "[f1.5, f.5, f1., f1e3, f-.inf, f.nan, s:1e, s:e1, s:.]"},
    {"DatesAreText", "[2017-04-18]", "[s:2017-04-18]"},
    {"QuotedIsText", R"(["1", 'true', "null", ''])", "[s:1, s:true, s:null, s:]"},
    {"BlockIsText", "a: |\n  1\n", "{a=s:1\\n}"},
    {"TagStr", "[!!str 1, !!int 2]", "[s:1, i2]"},
    {"Json", R"({"a": [1, true, null], "b": {"c": "\u00e9\n"}})",
     "{a=[i1, true, null], b={c=s:\u00e9\\n}}"},
    {"FirstDocumentOnly", "a: 1\n---\nb: 2\n", "{a=i1}"},
};
INSTANTIATE_TEST_SUITE_P(Scalars, YamlTest, testing::ValuesIn(kScalars), CaseName);

constexpr Case kAnchors[] = {
    {"Alias", "a: &x [1]\nb: *x", "{a=[i1], b=[i1]}"},
    {"Merge", "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3", "{a={p=i1, q=i2}, b={q=i3, p=i1}}"},
    {"MergeList", "b:\n  <<: [{p: 1}, {p: 2, q: 3}]", "{b={p=i1, q=i3}}"},
    {"MergeOfAScalar", "<<: 1",
     "f.yml:1:5: found a merge key (<<) of something else; expected a mapping"},
    {"MergeOfAListOfScalars", "<<: [1]",
     "f.yml:1:6: found a merge key (<<) of something else; expected mappings"},
    {"AliasInsideItsAnchor", "&x [*x]", "f.yml:1:5: the alias stands inside its own anchor"},
};
INSTANTIATE_TEST_SUITE_P(Anchors, YamlTest, testing::ValuesIn(kAnchors), CaseName);

constexpr Case kErrors[] = {
    {"Empty", "", "f.yml:1:1: the document is empty; expected at least \"{}\""},
    {"OnlyComments", "# nothing\n", "f.yml:1:1: the document is empty; expected at least \"{}\""},
    {"DuplicateKey", "a: 1\nb: 2\na: 3",
     "f.yml:3:1: the key \"a\" is already set at line 1, column 1; keep one of them"},
    {"NumberAsKey", "1: x",
     "f.yml:1:1: found an integer as a key; expected a string (put it in quotes)"},
    {"ListAsKey", "[a]: x",
     "f.yml:1:1: found a list as a key; expected a string (put it in quotes)"},
    {"UnknownTag", "a: !thing x", "f.yml:1:4: unknown tag \"!thing\"; leave it out"},
    {"UnknownTagOfAList", "a: !thing [x]", "f.yml:1:4: unknown tag \"!thing\"; leave it out"},
    {"UnknownAlias", "a: *x", "f.yml:1:4: the referenced anchor is not defined: x"},
    {"NotUtf8", "a: \"\\x80\"\nb: '\xff'", "f.yml:2:4: the text is not UTF-8"},
    {"Syntax", "a: [1\nb: }", "f.yml:2:2: end of sequence flow not found; expected \",\" or \"]\""},
};
INSTANTIATE_TEST_SUITE_P(Errors, YamlTest, testing::ValuesIn(kErrors), CaseName);

TEST(YamlBoundsTest, DeepNesting) {
  EXPECT_EQ(ParseYaml(std::string(65, '[') + std::string(65, ']'), {}).status().message(),
            "nested too deeply; expected at most 64 levels");
  EXPECT_TRUE(ParseYaml(std::string(64, '[') + std::string(64, ']'), {}).ok());
}

TEST(YamlBoundsTest, NestingBeyondYamlCppsOwnGuard) {
  EXPECT_EQ(ParseYaml(std::string(100000, '['), {}).status().message(),
            "nested too deeply; expected at most 64 levels");
}

TEST(YamlBoundsTest, AliasesThatNestDeeply) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 70; ++i) absl::StrAppend(&text, "a", i, ": &a", i, " [*a", i - 1, "]\n");
  EXPECT_EQ(ParseYaml(text, {}).status().message(),
            "nested too deeply; expected at most 64 levels");
}

TEST(YamlBoundsTest, BillionLaughs) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 20; ++i) {
    absl::StrAppend(&text, "a", i, ": &a", i, " [");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&text, "*a", i - 1, ",");
    absl::StrAppend(&text, "]\n");
  }
  EXPECT_EQ(ParseYaml(text, {}).status().message(),
            "the document is too large with its aliases written out; expected at most 64 MiB");
}

TEST(Utf8Test, ShortestFormsOnly) {
  EXPECT_TRUE(IsValidUtf8("a\u00e9\u20ac\U0001F600"));
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << absl::CHexEscape(bad);
  }
}

}  // namespace
}  // namespace linuxkit
