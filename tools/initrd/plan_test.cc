#include "tools/initrd/plan.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

SegmentEntry Entry(SegmentEntry::Type type, const std::string& path, const std::string& link = "") {
  SegmentEntry entry;
  entry.set_type(type);
  entry.set_path(path);
  entry.set_link(link);
  return entry;
}

SegmentEntry Dir(const std::string& path) { return Entry(SegmentEntry::DIRECTORY, path); }
SegmentEntry Symlink(const std::string& path, const std::string& target) {
  return Entry(SegmentEntry::SYMLINK, path, target);
}
SegmentEntry HardLink(const std::string& path, const std::string& target) {
  return Entry(SegmentEntry::HARDLINK, path, target);
}
SegmentEntry File(const std::string& path, uint64_t size = 1) {
  SegmentEntry entry = Entry(SegmentEntry::FILE, path);
  entry.set_size(size);
  return entry;
}

SegmentIndex Segment(const std::string& owner, std::initializer_list<SegmentEntry> entries) {
  SegmentIndex index;
  index.set_owner(owner);
  for (const SegmentEntry& entry : entries) *index.add_entries() = entry;
  return index;
}

TEST(PlanTest, NoSegments) {
  auto plan = PlanInitrd({});
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->unpacked_bytes, 0u);
}

TEST(PlanTest, DirectoriesMerge) {
  auto plan = PlanInitrd({Segment("a", {Dir("."), Dir("etc"), File("etc/x")}),
                          Segment("b", {Dir("etc"), File("etc/y")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].dropped, IsEmpty());
  EXPECT_THAT(plan->segments[1].broken_links, IsEmpty());
}

SegmentEntry OwnedDir(const std::string& path, uint32_t mode, uint32_t gid) {
  SegmentEntry entry = Dir(path);
  entry.set_mode(mode);
  entry.set_gid(gid);
  return entry;
}

SegmentEntry MadeUpDir(const std::string& path) {
  SegmentEntry entry = OwnedDir(path, 0755, 0);
  entry.set_made_up(true);
  return entry;
}

// Path, mode and group of the directories that are written again behind a segment.
std::vector<std::string> Restored(const SegmentPlan& plan) {
  std::vector<std::string> found;
  for (const SegmentEntry& entry : plan.restored) {
    found.push_back(absl::StrFormat("%s %o %d", entry.path(), entry.mode(), entry.gid()));
  }
  return found;
}

TEST(PlanTest, MadeUpDirectoryIsRestored) {
  auto plan = PlanInitrd(
      {Segment("a", {OwnedDir(".", 0751, 0), OwnedDir("tmp", 01777, 0), OwnedDir("usr", 0711, 8)}),
       Segment("b", {OwnedDir("usr", 0755, 9)}),
       Segment("c", {MadeUpDir("."), MadeUpDir("tmp"), File("tmp/x"), MadeUpDir("usr")}),
       Segment("d", {MadeUpDir("usr")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Restored(plan->segments[1]), IsEmpty());
  EXPECT_THAT(Restored(plan->segments[2]), ElementsAre(". 751 0", "tmp 1777 0", "usr 755 9"));
  EXPECT_THAT(Restored(plan->segments[3]), ElementsAre("usr 755 9"));
}

TEST(PlanTest, MadeUpDirectoryBehindSymlinkIsRestoredWhereItIs) {
  auto plan = PlanInitrd({Segment("a", {OwnedDir("usr", 0755, 0), OwnedDir("usr/tmp", 01777, 0),
                                        Symlink("bin", "usr")}),
                          Segment("b", {MadeUpDir("bin/tmp"), File("bin/tmp/x")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Restored(plan->segments[1]), ElementsAre("usr/tmp 1777 0"));
}

TEST(PlanTest, MadeUpDirectoryThatIsNewOrTheSameOrSaidLaterIsNotRestored) {
  auto plan = PlanInitrd(
      {Segment("a", {OwnedDir("same", 0755, 0), OwnedDir("later", 0700, 0), OwnedDir("x", 01, 0)}),
       Segment("b", {MadeUpDir("."), MadeUpDir("new"), MadeUpDir("same"), MadeUpDir("later"),
                     OwnedDir("later", 0711, 0), MadeUpDir("x"), File("x")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Restored(plan->segments[1]), IsEmpty());
}

SegmentIndex ModulesSegment() {
  SegmentIndex index =
      Segment("//os:kernel", {Dir("lib/modules/6.1"), File("lib/modules/6.1/x.ko")});
  for (const char* path : {"lib", "lib/modules"}) *index.add_parents() = MadeUpDir(path);
  return index;
}

std::vector<std::string> Parents(const SegmentPlan& plan) {
  std::vector<std::string> found;
  for (const SegmentEntry& entry : plan.parents) found.push_back(entry.path());
  return found;
}

TEST(PlanTest, MissingParentsOfASegmentAreWritten) {
  auto plan = PlanInitrd({Segment("a", {Dir("etc")}), ModulesSegment()});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Parents(plan->segments[1]), ElementsAre("lib", "lib/modules"));
  EXPECT_NE(plan->tree.Find("lib/modules/6.1/x.ko"), nullptr);
}

TEST(PlanTest, ParentsThatAreThereStayAsTheyAre) {
  auto plan =
      PlanInitrd({Segment("a", {OwnedDir("lib", 0700, 5), OwnedDir("lib/modules", 0711, 6)}),
                  ModulesSegment()});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Parents(plan->segments[1]), IsEmpty());
  EXPECT_THAT(Restored(plan->segments[1]), IsEmpty());
}

TEST(PlanTest, ParentsGoThroughASymlink) {
  auto plan = PlanInitrd(
      {Segment("a", {Dir("usr"), Dir("usr/lib"), Symlink("lib", "usr/lib")}), ModulesSegment()});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Parents(plan->segments[1]), ElementsAre("usr/lib/modules"));
  EXPECT_THAT(plan->segments[1].dropped, IsEmpty());
  EXPECT_NE(plan->tree.Find("usr/lib/modules/6.1/x.ko"), nullptr);
}

TEST(PlanTest, ParentReplacesASymlinkToNowhere) {
  auto plan = PlanInitrd({Segment("a", {Symlink("lib", "usr/lib")}), ModulesSegment()});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Parents(plan->segments[1]), ElementsAre("lib", "lib/modules"));
}

TEST(PlanTest, DirectoryOverSymlinkToDirectoryIsDropped) {
  auto plan =
      PlanInitrd({Segment("a", {Dir("usr"), Dir("usr/lib"), Symlink("lib", "usr/lib")}),
                  Segment("b", {Dir("lib"), Dir("lib/modules"), File("lib/modules/x.ko")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].dropped, ElementsAre(0));
}

TEST(PlanTest, DirectoryOverAbsoluteAndChainedSymlinkIsDropped) {
  auto plan = PlanInitrd(
      {Segment("a", {Dir("usr"), Dir("usr/lib"), Symlink("b", "/usr/lib"), Symlink("lib", "./b")}),
       Segment("b", {Dir("lib")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].dropped, ElementsAre(0));
}

TEST(PlanTest, DirectoryOverDanglingSymlinkReplacesIt) {
  auto plan = PlanInitrd(
      {Segment("a", {Symlink("run", "var/run")}), Segment("b", {Dir("run"), File("run/x")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].dropped, IsEmpty());
}

TEST(PlanTest, DirectoryOverSymlinkLoopReplacesIt) {
  auto plan =
      PlanInitrd({Segment("a", {Symlink("x", "y"), Symlink("y", "x")}), Segment("b", {Dir("x")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].dropped, IsEmpty());
}

TEST(PlanTest, FileOverHardLinkBreaksTheLink) {
  auto plan = PlanInitrd({Segment("a", {File("one"), HardLink("two", "one")}),
                          Segment("b", {File("two")}), Segment("c", {File("one")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].broken_links, ElementsAre("two"));
  // After that, "one" stands alone.
  EXPECT_THAT(plan->segments[2].broken_links, IsEmpty());
}

TEST(PlanTest, FileOverHardLinkBehindSymlinkNamesTheRealPath) {
  auto plan = PlanInitrd({Segment("a", {Dir("usr"), Symlink("bin", "usr"), File("usr/one"),
                                        HardLink("usr/two", "usr/one")}),
                          Segment("b", {File("bin/one")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].broken_links, ElementsAre("usr/one"));
}

TEST(PlanTest, SymlinkOverHardLinkNeedsNothing) {
  auto plan = PlanInitrd(
      {Segment("a", {File("one"), HardLink("two", "one")}), Segment("b", {Symlink("two", "x")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].broken_links, IsEmpty());
}

TEST(PlanTest, FileOverFullDirectoryNamesBothOwners) {
  EXPECT_THAT(
      PlanInitrd({Segment("//os:kernel", {Dir("lib"), File("lib/x")}),
                  Segment("//os:init", {Symlink("lib", "usr/lib")})}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               "//os:init: lib: found a symlink where //os:kernel has a directory with files in "
               "it; expected a directory. "
               "Leave one of the two out, or move the files to where the other wants them."));
}

TEST(PlanTest, FileOverEmptyDirectoryReplacesIt) {
  EXPECT_THAT(PlanInitrd({Segment("a", {Dir("x")}), Segment("b", {File("x")})}), IsOk());
}

TEST(PlanTest, DirectoryOverFileReplacesIt) {
  EXPECT_THAT(PlanInitrd({Segment("a", {File("x")}), Segment("b", {Dir("x"), File("x/y")})}),
              IsOk());
}

TEST(PlanTest, MissingParentIsAnError) {
  EXPECT_THAT(PlanInitrd({Segment("//a:b", {File("etc/x")})}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "//a:b: etc/x: the kernel would drop it, because etc is missing there; "
                       "expected a directory. "));
}

TEST(PlanTest, ParentThatIsAFileIsAnError) {
  EXPECT_THAT(PlanInitrd({Segment("//a:a", {File("etc")}), Segment("//a:b", {File("etc/x")})}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "//a:b: etc/x: the kernel would drop it, because etc is not a directory "
                       "there; expected a directory. "
                       "It comes from //a:a."));
}

TEST(PlanTest, ParentReplacedBySymlinkIsFollowedAnew) {
  auto plan =
      PlanInitrd({Segment("a", {Dir("d"), Dir("e"), File("e/one"), HardLink("e/two", "e/one")}),
                  Segment("b", {Symlink("d", "e"), File("d/one")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].broken_links, ElementsAre("e/one"));
}

TEST(PlanTest, UnpackedBytesAreRoundedToPagesAndCountHardLinksOnce) {
  auto plan =
      PlanInitrd({Segment("a", {File("one", 4097), HardLink("two", "one"), File("three", 1)}),
                  Segment("b", {File("three", 5000)})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->unpacked_bytes, 8192u + 8192u);
}

// Whatever was found out about a path is forgotten when a link in its way changes.
TEST(PlanTest, LinkOnTheWayToAParentIsReplaced) {
  auto plan = PlanInitrd({Segment("a", {Dir("t"), Dir("u"), Dir("u/v"), File("u/y"),
                                        HardLink("u/z", "u/y"), Symlink("s", "t/..")}),
                          Segment("b", {Symlink("s/t", "u/v"), File("s/y")})});
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->segments[1].broken_links, ElementsAre("u/y"));
}

TEST(PlanTest, HardLinkToAFileOfTheSegmentBeforeIsAnError) {
  EXPECT_THAT(
      PlanInitrd({Segment("//a:a", {File("one")}), Segment("//b:b", {HardLink("two", "one")})}),
      StatusIs(absl::StatusCode::kDataLoss,
               "//b:b: two: a hard link to one, which the segment does not have before it"));
}

TEST(PlanTest, HardLinkWithoutItsFileIsAnError) {
  EXPECT_THAT(
      PlanInitrd({Segment("//a:a", {HardLink("two", "one")})}),
      StatusIs(absl::StatusCode::kDataLoss,
               "//a:a: two: a hard link to one, which the segment does not have before it"));
}

}  // namespace
}  // namespace linuxkit
