#include "tools/spec/excerpt.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/spec/problems.h"

namespace linuxkit {
namespace {

TEST(ExcerptTest, MiddleOfALine) {
  EXPECT_EQ(Excerpt("a\nbcd\ne", {.line = 2, .column = 3}),
            "\n    2 | bcd\n"
            "      |   ^");
}

TEST(ExcerptTest, EndOfALine) {
  EXPECT_EQ(Excerpt("ab", {.line = 1, .column = 3}),
            "\n    1 | ab\n"
            "      |   ^");
}

TEST(ExcerptTest, BeyondTheLine) {
  EXPECT_EQ(Excerpt("ab", {.line = 1, .column = 30}),
            "\n    1 | ab\n"
            "      |   ^");
}

TEST(ExcerptTest, BeyondTheText) { EXPECT_EQ(Excerpt("ab", {.line = 2, .column = 1}), ""); }

TEST(ExcerptTest, CarriageReturn) {
  EXPECT_EQ(Excerpt("ab\r\ncd\r\n", {.line = 2, .column = 1}),
            "\n    2 | cd\n"
            "      | ^");
}

TEST(ExcerptTest, CharactersOfSeveralBytes) {
  EXPECT_EQ(Excerpt("\u00e9\u20acx", {.line = 1, .column = 6}),
            "\n    1 | \u00e9\u20acx\n"
            "      |   ^");
  const Position position = InCharacters("\u00e9\u20acx", {.line = 1, .column = 6});
  EXPECT_EQ(position.column, 3);
}

TEST(ExcerptTest, TabsAndControlCharacters) {
  EXPECT_EQ(Excerpt("\ta\x1b[1mx", {.line = 1, .column = 3}),
            "\n    1 |  a [1mx\n"
            "      |   ^");
}

TEST(ExcerptTest, NotUtf8) {
  EXPECT_EQ(Excerpt("a\xffz", {.line = 1, .column = 3}),
            "\n    1 | ???\n"
            "      |   ^");
}

TEST(ExcerptTest, LongLineBothEndsCut) {
  const std::string line = std::string(200, 'a') + "X" + std::string(200, 'b');
  EXPECT_EQ(Excerpt(line, {.line = 1, .column = 201}), "\n    1 | ..." + std::string(60, 'a') +
                                                           "X" + std::string(59, 'b') + "...\n" +
                                                           "      | " + std::string(63, ' ') + "^");
}

TEST(ProblemsTest, SortedByPosition) {
  Problems problems({.name = "f", .positions = true});
  problems.Add({2, 1}, "b", "late");
  problems.Add({1, 5}, "a", "early");
  EXPECT_EQ(problems.ToStatus().message(), "f:1:5: a: early\nf:2:1: b: late");
}

TEST(ProblemsTest, SeveralDocuments) {
  const Problems none({.name = "none"});
  Problems first({.name = "a", .positions = true, .text = "x: 1"});
  first.Add({1, 4}, "x", "wrong");
  Problems second({.name = "b"});
  second.Add({1, 1}, "", "wrong as well");
  EXPECT_EQ(ToStatus({&none, &first, &second}).message(),
            "a:1:4: x: wrong\n"
            "    1 | x: 1\n"
            "      |    ^\n"
            "b: wrong as well");
  EXPECT_TRUE(ToStatus({&none}).ok());
}

TEST(ProblemsTest, TooManyToRead) {
  Problems problems({});
  for (int i = 1; i <= 21; ++i) problems.Add({i, 1}, "", std::to_string(i));
  const std::string message(problems.ToStatus().message());
  EXPECT_TRUE(message.ends_with("\n19\n20\nand 1 more")) << message;
}

}  // namespace
}  // namespace linuxkit
