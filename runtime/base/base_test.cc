#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/command_line.h"
#include "runtime/base/file.h"

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
