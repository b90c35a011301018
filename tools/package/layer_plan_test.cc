#include "tools/package/layer_plan.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/package/merge_usr.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using Type = TarEntry::Type;

TarEntry Dir(std::string path, uint32_t mode = 0755) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = Type::kDirectory;
  entry.mode = mode;
  return entry;
}

// Files are told apart by their size.
TarEntry File(std::string path, uint64_t size) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.size = size;
  return entry;
}

TarEntry Link(Type type, std::string path, std::string target) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = type;
  entry.link = std::move(target);
  return entry;
}

std::string Show(const TarEntry& entry) {
  switch (entry.type) {
    case Type::kDirectory:
      return absl::StrFormat("%s/ %o", entry.path, entry.mode);
    case Type::kHardLink:
      return absl::StrCat(entry.path, " = ", entry.link);
    case Type::kSymlink:
      return absl::StrCat(entry.path, " -> ", entry.link);
    default:
      return absl::StrCat(entry.path, " ", entry.size);
  }
}

// What is written for these entries, where paths that begin with "x" are left out.
std::vector<std::string> Plan(const std::vector<TarEntry>& entries, bool writes_implied = true) {
  LayerPlan plan([](std::string_view path) { return path.starts_with("x"); }, writes_implied);
  for (const TarEntry& entry : entries) {
    const absl::Status status = plan.Add("in.tar", entry);
    if (!status.ok()) return {std::string(status.message())};
  }
  std::vector<std::string> written;
  for (const TarEntry& entry : entries) {
    for (const TarEntry& out : plan.Take(entry)) written.push_back(Show(out));
  }
  return written;
}

TEST(LayerPlanTest, MissingParentsComeFirst) {
  EXPECT_THAT(Plan({File("a/b/c", 1), File("a/d", 2)}),
              ElementsAre("a/ 755", "a/b/ 755", "a/b/c 1", "a/d 2"));
}

// Below may be a symlink to a directory.
TEST(LayerPlanTest, MissingParentsAreLeftToTheLayerBelow) {
  EXPECT_THAT(Plan({File("a/b/c", 1), Dir("d"), File("d/e/f", 2)}, /*writes_implied=*/false),
              ElementsAre("a/b/c 1", "d/ 755", "d/e/f 2"));
}

TEST(LayerPlanTest, LastFileWins) {
  EXPECT_THAT(Plan({File("a", 1), File("b", 2), File("a", 3)}), ElementsAre("b 2", "a 3"));
}

TEST(LayerPlanTest, DirectoryComesFirstWithItsLastMode) {
  EXPECT_THAT(Plan({File("a/f", 1), Dir("a", 0700), Dir("a", 0711)}),
              ElementsAre("a/ 711", "a/f 1"));
}

TEST(LayerPlanTest, HardLinkFollowsItsFile) {
  EXPECT_THAT(Plan({File("a", 1), Link(Type::kHardLink, "b", "a")}), ElementsAre("a 1", "b = a"));
}

TEST(LayerPlanTest, HardLinkKeepsTheContentOfAReplacedTarget) {
  EXPECT_THAT(Plan({File("a", 1), Link(Type::kHardLink, "d/b", "a"),
                    Link(Type::kHardLink, "c", "a"), File("a", 2)}),
              ElementsAre("d/ 755", "d/b 1", "c = d/b", "a 2"));
}

TEST(LayerPlanTest, HardLinkToAnExcludedFile) {
  EXPECT_THAT(
      Plan({File("x", 1), Link(Type::kHardLink, "b", "x"), Link(Type::kHardLink, "c", "b")}),
      ElementsAre("b 1", "c = b"));
}

TEST(LayerPlanTest, HardLinkToASymlinkIsACopy) {
  EXPECT_THAT(Plan({Link(Type::kSymlink, "a", "t"), Link(Type::kHardLink, "b", "a")}),
              ElementsAre("a -> t", "b -> t"));
}

TEST(LayerPlanTest, HardLinkToItself) {
  EXPECT_THAT(Plan({File("a", 1), Link(Type::kHardLink, "a", "a"), File("b", 2)}),
              ElementsAre("a 1", "b 2"));
}

TEST(LayerPlanTest, HardLinkToNothing) {
  EXPECT_THAT(
      Plan({Link(Type::kHardLink, "b", "a")}),
      ElementsAre("in.tar: hard link \"b\" to \"a\": expected a file that comes before it"));
}

TEST(LayerPlanTest, EmptyDirectoryGivesWay) {
  EXPECT_THAT(Plan({Dir("run"), Link(Type::kSymlink, "run", "/tmp"), File("f", 1)}),
              ElementsAre("run -> /tmp", "f 1"));
}

TEST(LayerPlanTest, FileBelowASymlink) {
  EXPECT_THAT(Plan({Link(Type::kSymlink, "lib", "usr/lib"), File("lib/f", 1)}),
              ElementsAre("in.tar: \"lib/f\": its parent \"lib\" is a symbolic link in in.tar; "
                          "expected a directory (--merge_usr moves everything below it to usr/)"));
}

TEST(LayerPlanTest, SymlinkOverFullDirectory) {
  EXPECT_THAT(Plan({File("d/f", 1), Link(Type::kSymlink, "d", "e")}),
              ElementsAre("in.tar: \"d\" is a symbolic link, but a directory in in.tar; leave one "
                          "of them out"));
}

TEST(LayerPlanTest, DirectoryOverFile) {
  EXPECT_THAT(Plan({File("d", 1), Dir("d")}),
              ElementsAre("in.tar: \"d\" is a directory, but a file in in.tar; leave one of them "
                          "out"));
}

TEST(LayerPlanTest, RootIsAFile) {
  EXPECT_THAT(Plan({File(".", 1)}),
              ElementsAre("in.tar: the root is a file; expected a directory"));
}

std::string Moved(TarEntry entry) {
  const absl::Status status = MoveIntoUsr(entry);
  return status.ok() ? Show(entry) : std::string(status.message());
}

TEST(MoveIntoUsrTest, Cases) {
  EXPECT_EQ(Moved(File("bin/sh", 1)), "usr/bin/sh 1");
  EXPECT_EQ(Moved(File("binary/sh", 1)), "binary/sh 1");
  EXPECT_EQ(Moved(File("usr/bin/sh", 1)), "usr/bin/sh 1");
  EXPECT_EQ(Moved(Dir("lib64")), "usr/lib64/ 755");
  EXPECT_EQ(Moved(Link(Type::kSymlink, "lib", "usr/lib")), "usr/lib/ 755");
  EXPECT_EQ(Moved(Link(Type::kSymlink, "lib", "/usr/lib/")), "usr/lib/ 755");
  EXPECT_EQ(Moved(Link(Type::kHardLink, "bin/b", "bin/a")), "usr/bin/b = usr/bin/a");
  EXPECT_EQ(Moved(Link(Type::kSymlink, "bin/sh", "dash")), "usr/bin/sh -> dash");
  EXPECT_EQ(Moved(Link(Type::kSymlink, "bin/sh", "/bin/dash")), "usr/bin/sh -> /bin/dash");
  EXPECT_EQ(Moved(Link(Type::kSymlink, "lib/a/b", "../c")), "usr/lib/a/b -> ../c");
  EXPECT_EQ(Moved(Link(Type::kSymlink, "lib/a/b", "../../etc/c")), "usr/lib/a/b -> ../../../etc/c");
}

TEST(MoveIntoUsrTest, LinkElsewhere) {
  EXPECT_EQ(Moved(Link(Type::kSymlink, "lib", "opt/lib")),
            "\"lib\" is a symbolic link to \"opt/lib\"; with --merge_usr expected a directory or a "
            "link to \"usr/lib\"");
}

}  // namespace
}  // namespace linuxkit
