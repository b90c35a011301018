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
    {"Hexadecimal", "[0x1F, -0X1f, 0xg, 0x]", "[i31, i-31, s:0xg, s:0x]"},
    {"Octal", "[0o17, 0100, 0o8, 0o]", "[i15, i64, s:0o8, s:0o]"},
    {"NoOctal", "[089]", "[f089]"},
    {"Binary", "[0b101, 0b2]", "[i5, s:0b2]"},
    {"Underscores", "[1_000, -1_0, 0x1_f, 1_000.5, _1, a_1]",
     "[i1000, i-10, i31, f1_000.5, s:_1, s:a_1]"},
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
    {"FirstDocumentOnlyWithItsEnd", "---\na: 1\n...\nb: 2\n", "{a=i1}"},
    {"LaterDocumentsMayBeBroken", "a: 1\n---\nb: [\n", "{a=i1}"},
    {"EscapesOfOneByteInYamlCpp", "[\"a\\Nb\", \"\u00e9\\_\", \"\\L\"]",
     "[s:a\u0085b, s:\u00e9\u00a0, s:\u2028]"},
    {"ByteOrderMark", "\xef\xbb\xbf'a': 'b'", "{a=s:b}"},
    {"TabsThatAreNoIndentation", "a:\tb\t# c\nd: [1,\n\t2]", "{a=s:b, d=[i1, i2]}"},
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
    {"NotUtf8", "a: \"\\x80\"\nb: '\xff'",
     "f.yml:2:5: found a byte that is not UTF-8; expected the file to be UTF-8"},
};
INSTANTIATE_TEST_SUITE_P(Errors, YamlTest, testing::ValuesIn(kErrors), CaseName);

// What yaml-cpp refuses, in words about the text.
constexpr Case kSyntax[] = {
    {"KeyLessIndented", "a:\n   b: 1\n  c: 2",
     "f.yml:3:3: this does not continue the mapping above; expected KEY: VALUE, indented by blanks "
     "like the keys before it"},
    {"ItemBesideKeys", "a: b\n- c",
     "f.yml:2:1: this does not continue the mapping above; expected KEY: VALUE, indented by blanks "
     "like the keys before it"},
    {"ItemsIndentedUnequally", "- name: a\n image: b",
     "f.yml:2:2: this does not continue the list above; expected \"- \", indented by blanks like "
     "the items before it"},
    {"KeyBehindAList", "- a\nb: c",
     "f.yml:2:1: this does not continue what stands above; expected one mapping or one list, all "
     "keys or items of it indented alike"},
    {"TextBehindBraces", "---\n{a: 1}\nb: 2",
     "f.yml:3:1: this does not continue what stands above; expected one mapping or one list, all "
     "keys or items of it indented alike"},
    {"OpenBracket", "a: [1\nb: }",
     "f.yml:2:2: this does not continue the list in brackets; expected \",\" or \"]\"; it opens at "
     "line 1, column 4"},
    {"OpenBrace", "x:\n  a: {b: 1\n",
     "f.yml:3:1: this does not continue the mapping in braces; expected \",\" or \"}\"; it opens "
     "at "
     "line 2, column 6"},
    {"ClosingBracketAlone", "a: ]",
     "f.yml:1:4: found a closing bracket without an opening one; remove it, or put the text in "
     "quotes"},
    {"SecondColon", "a: b: c",
     "f.yml:1:5: found \":\" behind what is no key; expected KEY: VALUE, indented by blanks like "
     "the "
     "keys before it; a text with \": \" in it needs quotes"},
    {"KeyMoreIndented", "a: 1\n  b: 2",
     "f.yml:2:4: found \":\" behind what is no key; expected KEY: VALUE, indented by blanks like "
     "the "
     "keys before it; a text with \": \" in it needs quotes"},
    {"DashBehindAKey", "a: - b",
     "f.yml:1:4: found \"- \" where no list can begin; expected a list on the lines below its key; "
     "a text that begins with \"- \" needs quotes"},
    {"QuestionMarkBehindAKey", "a: ? b",
     "f.yml:1:4: found \"? \", which begins a key, where none can stand; a text that begins with "
     "it "
     "needs quotes"},
    {"TextBehindAQuote", "a: 'it's'",
     "f.yml:1:8: found text behind a closing quote; expected \",\" or the end of the line; a quote "
     "in a text in single quotes is written '', in double quotes \\\""},
    {"UnknownEscape", "a: \"C:\\dir\"",
     "f.yml:1:9: found \"\\d\", which YAML does not have; write \"\\\\d\", or put the text in "
     "single "
     "quotes"},
    {"ShortEscape", "a: \"\\u12\"",
     "f.yml:1:11: found an escape with too few hexadecimal digits; expected \\xHH, \\uHHHH or "
     "\\UHHHHHHHH; a backslash is written \\\\"},
    {"EscapeOfASurrogate", "a: \"\\ud800\"",
     "f.yml:1:11: found an escape for 55296, which is the number of no character"},
    {"At", "a: @x", "f.yml:1:4: found \"@\", with which no text can begin; put the text in quotes"},
    {"Backtick", "a: `x`",
     "f.yml:1:4: found \"`\", with which no text can begin; put the text in quotes"},
    {"UnknownAlias", "a: *x",
     "f.yml:1:4: found \"*x\", and nothing before it that is marked \"&x\"; a text that begins "
     "with "
     "\"*\" needs quotes"},
    {"StarAlone", "a: *",
     "f.yml:1:5: found \"*\" without a name; a text that begins with \"*\" needs quotes"},
    {"AmpersandAlone", "a: & x",
     "f.yml:1:5: found \"&\" without a name; a text that begins with \"&\" needs quotes"},
    {"TwoAnchors", "a: &b &c x",
     "f.yml:1:7: found a second \"&NAME\" for one value; keep one of them"},
    {"TwoTags", "a: !b !c x", "f.yml:1:7: found a second \"!TAG\" for one value; leave both out"},
    {"ExclamationMark", "a: !h!",
     "f.yml:1:7: found \"!\", which begins a tag; a text that begins with \"!\" needs quotes"},
    {"VerbatimTag", "a: !<x y",
     "f.yml:1:7: found \"!\", which begins a tag; a text that begins with \"!\" needs quotes"},
    {"TextBehindABar", "a: |x\n y",
     "f.yml:1:5: found text behind \"|\" or \">\"; expected it on the lines below, indented; a "
     "text "
     "that begins with one of them needs quotes"},
    {"NoIndentationOfABlock", "a: |0\n x",
     "f.yml:1:6: found text behind \"|\" or \">\"; expected it on the lines below, indented; a "
     "text "
     "that begins with one of them needs quotes"},
    {"Directive", "%YAML 2.0\n---\na: b",
     "f.yml:1:1: found a line that begins with \"%\" and is no directive of YAML 1.2; remove it"},
    {"MergeConflict", "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> topic",
     "f.yml:2:1: found a merge conflict; keep one side and remove its marks"},
};
INSTANTIATE_TEST_SUITE_P(Syntax, YamlTest, testing::ValuesIn(kSyntax), CaseName);

constexpr Case kTabs[] = {
    {"Item", "a:\n\t- b: c",
     "f.yml:2:1: found a tab in the indentation; expected blanks, YAML takes no tabs there"},
    {"Key", "kernel:\n\timage: x",
     "f.yml:2:1: found a tab in the indentation; expected blanks, YAML takes no tabs there"},
    {"BehindBlanks", "a:\n  \tb: c",
     "f.yml:2:3: found a tab in the indentation; expected blanks, YAML takes no tabs there"},
    {"BehindADash", "-\ta: 1",
     "f.yml:1:2: found a tab in the indentation; expected blanks, YAML takes no tabs there"},
    {"OneLineOfMany", "a:\n  - b: 1\n\tc: 2",
     "f.yml:3:1: found a tab in the indentation; expected blanks, YAML takes no tabs there"},
    {"InABlock", "a: |\n\tx",
     "f.yml:2:1: found a tab in the indentation; expected blanks, YAML takes no tabs there"},
};
INSTANTIATE_TEST_SUITE_P(Tabs, YamlTest, testing::ValuesIn(kTabs), CaseName);

constexpr Case kQuotes[] = {
    // yaml-cpp takes the end of the file for the quote.
    {"OpenToTheEnd", "a: 1\nb: \"x\nc: 2\n",
     "f.yml:2:4: the quote that opens here is not closed; expected another \" behind the text"},
    {"OpenToTheEndWithoutNewline", "a: 1\nb: 'x",
     "f.yml:2:4: the quote that opens here is not closed; expected another ' behind the text"},
    {"OpenBehindAnAnchor", "a: &x 'y\n",
     "f.yml:1:4: the quote that opens here is not closed; expected another ' behind the text"},
    {"OpenToADocument", "a: 'b'\nc: \"x\nd: 1\n---\n",
     "f.yml:2:4: the quote that opens here is not closed; expected another \" behind the text"},
    {"ClosedByAnother", "a: \"x\nb: 1\nc: \"y\"\n",
     "f.yml:1:4: the quote that opens here is closed by the one at line 3, column 4; expected "
     "another \" behind the text"},
    {"ClosedByAnotherInBrackets", "a: ['x, y]\nb: ['z']\n",
     "f.yml:1:5: the quote that opens here is closed by the one at line 2, column 5; expected "
     "another ' behind the text"},
    {"SeveralLines", "a: \"x\n  y\"\nb: 'it''s\n  z'\nc: \"\\\"\"",
     "{a=s:x y, b=s:it\\'s z, c=s:\\\"}"},
    {"QuoteInPlainTextBehindAnAnchor", "a: &x\ty 'z", "{a=s:y \\'z}"},
    {"ApostropheInPlainText", "a: it's\nb: 'x'", "{a=s:it\\'s, b=s:x}"},
};
INSTANTIATE_TEST_SUITE_P(Quotes, YamlTest, testing::ValuesIn(kQuotes), CaseName);

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
