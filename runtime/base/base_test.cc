#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/command_line.h"
#include "runtime/base/ending.h"
#include "runtime/base/file.h"
#include "runtime/base/output_tail.h"
#include "runtime/base/printable.h"
#include "runtime/base/smbios.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;

TEST(KernelCommandLine, WordsAndValues) {
  const KernelCommandLine line("console=tty0 quiet console=ttyS0,115200 x=\"a b\" consolex=1\n");
  EXPECT_TRUE(line.HasWord("quiet"));
  EXPECT_FALSE(line.HasWord("qui"));
  EXPECT_THAT(line.Values("console"), ElementsAre("tty0", "ttyS0,115200"));
  EXPECT_EQ(line.Value("x").value(), "a b");
  EXPECT_EQ(line.Value("y").value(), std::nullopt);
}
TEST(KernelCommandLine, NoWordChangesWhatStandsInFrontOfIt) {
  const KernelCommandLine line("root=/dev/vda init=/a root=/dev/vdb init=/a");
  EXPECT_EQ(line.Value("root").status().message(),
            "found root=/dev/vda and root=/dev/vdb on the kernel command line; expected one of "
            "them");
  EXPECT_EQ(line.Value("init").value(), "/a");
}
TEST(KernelCommandLine, ArgumentsOfInitAreNoWords) {
  const KernelCommandLine line("quiet a=--b --c -- root=/dev/vdb debug");
  EXPECT_TRUE(line.HasWord("--c"));
  EXPECT_EQ(line.Value("root").value(), std::nullopt);
  EXPECT_FALSE(line.HasWord("debug"));
}

TEST(AddKernelWords, StandInFrontOfTheArgumentsOfInit) {
  EXPECT_EQ(AddKernelWords("", "a b"), "a b");
  EXPECT_EQ(AddKernelWords("quiet\n", "a"), "quiet a");
  EXPECT_EQ(AddKernelWords("quiet", ""), "quiet");
  EXPECT_EQ(AddKernelWords("quiet  -- x y", "a"), "quiet a -- x y");
  EXPECT_EQ(AddKernelWords("-- x", "a"), "a -- x");
  EXPECT_EQ(AddKernelWords("x=\"b -- c\"", "a"), "x=\"b -- c\" a");
}

TEST(SealCommandLine, EndsWithTwoDashes) {
  EXPECT_EQ(SealCommandLine("").value(), "--");
  EXPECT_EQ(SealCommandLine("quiet x=\"a b\"").value(), "quiet x=\"a b\" --");
  EXPECT_EQ(SealCommandLine("quiet -- x").value(), "quiet -- x");
  EXPECT_EQ(SealCommandLine("quiet -\"-\"").value(), "quiet -\"-\" --");
  EXPECT_EQ(SealCommandLine("quiet x=\"a").status().message(),
            "found a double quote without its end in \"quiet x=\"a\"; what is appended to the "
            "command line would be part of that word; expected a second one");
}

// A structure: type, length, handle, fields, strings.
std::string Structure(char type, std::string_view fields, std::string_view strings) {
  std::string bytes = {type, static_cast<char>(4 + fields.size()), 7, 0};
  bytes += fields;
  bytes += strings;
  return bytes;
}
std::string Bytes(const char* text, size_t size) { return std::string(text, size); }

TEST(OemStrings, OfAllStructuresOfTheirType) {
  const std::string table =
      Structure(1, "\x01\x02", Bytes("QEMU\0PC\0\0", 9)) +
      Structure(11, "\x02", Bytes("first\0second\0\0", 14)) +
      Structure(32, "ab", Bytes("\0\0", 2)) + Structure(11, "\x01", Bytes("third\0\0", 7)) +
      Structure(127, "", Bytes("\0\0", 2)) + Structure(11, "\x01", Bytes("behind\0\0", 8));
  EXPECT_THAT(OemStrings(table), ElementsAre("first", "second", "third"));
}
TEST(OemStrings, NoneInAStructureWithoutStrings) {
  EXPECT_THAT(OemStrings(Structure(11, "", Bytes("\0\0", 2))), ElementsAre());
}
TEST(OemStrings, DamageEndsTheSearch) {
  const std::string good = Structure(11, "\x01", Bytes("good\0\0", 6));
  EXPECT_THAT(OemStrings(""), ElementsAre());
  EXPECT_THAT(OemStrings(good + Bytes("\x0b\x03\0\0", 4) + good), ElementsAre("good"));
  EXPECT_THAT(OemStrings(good + Bytes("\x0b\xff\0\0", 4)), ElementsAre("good"));
  EXPECT_THAT(OemStrings(good + Structure(11, "\x01", Bytes("cut\0", 4))), ElementsAre("good"));
}

TEST(ParentOf, Cases) {
  EXPECT_EQ(ParentOf("/a/b"), "/a");
  EXPECT_EQ(ParentOf("/a/b/"), "/a");
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(ParentOf("/"), "/");
  EXPECT_EQ(ParentOf("a"), ".");
}

TEST(MakeDirectories, ModeIsNotReducedByTheUmask) {
  const std::string path = testing::TempDir() + "/dirs/a/b";
  umask(077);
  ASSERT_TRUE(MakeDirectories(path, 0755).ok());
  umask(022);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0755u);
}

TEST(MakeDirectories, FileInTheWay) {
  const std::string file = testing::TempDir() + "/file";
  ASSERT_TRUE(MakeEmptyFile(file).ok());
  EXPECT_EQ(MakeDirectories(file).message(), "create directory " + file + ": File exists");
}

TEST(ListDirectory, SortedByBytes) {
  const std::string path = testing::TempDir() + "/list";
  for (const char* name : {"/010-b", "/002-a", "/x"}) ASSERT_TRUE(MakeEmptyFile(path + name).ok());
  EXPECT_THAT(ListDirectory(path).value(), ElementsAre("002-a", "010-b", "x"));
}

TEST(ListDirectory, MissingIsEmpty) {
  EXPECT_TRUE(ListDirectory(testing::TempDir() + "/missing").value().empty());
}

TEST(ReadFile, MissingNamesThePath) {
  EXPECT_EQ(ReadFile("/no/such").status().message(), "/no/such: No such file or directory");
}

TEST(Ending, InWords) {
  EXPECT_EQ(Describe({.status = 0, .signal = 0}), "exited with status 0");
  EXPECT_EQ(Describe({.status = 3, .signal = 0}), "exited with status 3");
  EXPECT_EQ(Describe({.status = 0, .signal = 11}), "was killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(Describe({.status = 139, .signal = 0}),
            "exited with status 139 (128 + 11, Segmentation fault)");
  EXPECT_EQ(Describe({.status = 128, .signal = 0}), "exited with status 128");
  EXPECT_EQ(Describe({.status = 160, .signal = 0}), "exited with status 160");
}
TEST(Ending, OfAWaitStatus) {
  EXPECT_EQ(EndingOf(3 << 8), (Ending{.status = 3, .signal = 0}));
  EXPECT_EQ(EndingOf(9), (Ending{.status = 0, .signal = 9}));
}

struct PrintableCase {
  std::string_view bytes;
  std::string_view text;
};
TEST(Printable, EscapesWhatATerminalObeys) {
  const PrintableCase cases[] = {
      {"plain, \"quoted\" and \\d", "plain, \"quoted\" and \\d"},
      {"a\tb", "a\tb"},
      {"dienst-\u00fc \u20ac \U0001f600", "dienst-\u00fc \u20ac \U0001f600"},
      {"\x1b[31mred\r\n", "\\x1b[31mred\\r\\n"},
      {std::string_view("\0\x7f", 2), "\\x00\\x7f"},
      // U+009B begins a terminal's command as ESC [ does.
      {"\xc2\x9b"
       "31m",
       "\\xc2\\x9b31m"},
      // Right-to-left override, line separator.
      {"\u202e\u2028\u2066", "\\xe2\\x80\\xae\\xe2\\x80\\xa8\\xe2\\x81\\xa6"},
      // Not UTF-8: alone, cut short, too long a form, a surrogate, beyond the last.
      {"\xff\xbf", "\\xff\\xbf"},
      {"\xe2\x82", "\\xe2\\x82"},
      {"\xe2\x82z", "\\xe2\\x82z"},
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
  };
  for (const PrintableCase& test : cases) EXPECT_EQ(Printable(test.bytes), test.text);
}
TEST(Printable, Limit) {
  EXPECT_EQ(Printable("1234", 4), "1234");
  EXPECT_EQ(Printable("12345", 4), "1234...");
}

TEST(LastLines, AllOfThem) {
  const Tail tail = LastLines("one\r\n\nthree\x07", {.lines = 3, .bytes = 100});
  EXPECT_THAT(tail.lines, ElementsAre("one", "", "three\\x07"));
  EXPECT_FALSE(tail.cut);
}
TEST(LastLines, Nothing) {
  EXPECT_THAT(LastLines("", {}).lines, ElementsAre());
  EXPECT_THAT(LastLines("\n", {}).lines, ElementsAre());
  EXPECT_TRUE(LastLines("", {}, /*cut=*/true).cut);
}
TEST(LastLines, AtMostSoMany) {
  const Tail tail = LastLines("1\n2\n3\n", {.lines = 2, .bytes = 100});
  EXPECT_THAT(tail.lines, ElementsAre("2", "3"));
  EXPECT_TRUE(tail.cut);
}
TEST(LastLines, AtMostSoManyBytes) {
  const Tail tail = LastLines("1\n23456\n78\n", {.lines = 9, .bytes = 4});
  EXPECT_THAT(tail.lines, ElementsAre("56", "78"));
  EXPECT_TRUE(tail.cut);
}
TEST(LastLines, ExactlyFull) {
  const Tail tail = LastLines("12\n34\n", {.lines = 2, .bytes = 4});
  EXPECT_THAT(tail.lines, ElementsAre("12", "34"));
  EXPECT_FALSE(tail.cut);
}

TEST(DescribeOutput, Nothing) { EXPECT_EQ(DescribeOutput({}, {}), "; it wrote nothing"); }
TEST(DescribeOutput, BothStreams) {
  EXPECT_EQ(DescribeOutput({.lines = {"a", ""}, .cut = false}, {.lines = {"b"}, .cut = true}),
            "; its last output:\n    out: a\n    out: \n    err: (earlier lines are left out)\n"
            "    err: b");
}

}  // namespace
}  // namespace linuxkit
