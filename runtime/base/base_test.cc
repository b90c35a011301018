#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/command_line.h"
#include "runtime/base/file.h"
#include "runtime/base/smbios.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;

TEST(KernelCommandLine, WordsAndValues) {
  const KernelCommandLine line("console=tty0 quiet console=ttyS0,115200 x=\"a b\" consolex=1\n");
  EXPECT_TRUE(line.HasWord("quiet"));
  EXPECT_FALSE(line.HasWord("qui"));
  EXPECT_THAT(line.Values("console"), ElementsAre("tty0", "ttyS0,115200"));
  EXPECT_EQ(line.Value("console"), "ttyS0,115200");
  EXPECT_EQ(line.Value("x"), "a b");
  EXPECT_EQ(line.Value("y"), std::nullopt);
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

}  // namespace
}  // namespace linuxkit
