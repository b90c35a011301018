// The tree on ISO 9660; xorriso lists and unpacks it.
#include "tools/rootfs/root_iso.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"
#include "tools/disk/testing.h"
#include "tools/initrd/testing.h"
#include "tools/rootfs/system_tree.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

class RootIsoTest : public testing::Test {
 protected:
  RootIsoTest() : segments_(TestPath("segments")) {}

  absl::Status Write(const std::string& name) {
    ABSL_ASSIGN_OR_RETURN(const SystemTree tree, SystemTree::Read(segments_.files()));
    ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output,
                          OutputFile::Create(segments_.Path(name)));
    ABSL_RETURN_IF_ERROR(WriteRootIso(tree, *output));
    return output->Commit();
  }

  std::string Xorriso(const std::string& commands) {
    // Without the two lines that it begins with.
    return OutputOf(absl::StrCat("TZ=UTC xorriso -no_rc -report_about SORRY -osirrox on -indev ",
                                 segments_.Path("iso"), " ", commands, " 2>&1 | tail -n +3"));
  }

  TestSegments segments_;
};

TEST_F(RootIsoTest, EverySortOfEntry) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory(".", {.mode = 0711, .uid = 7, .gid = 8, .mtime = 9}));
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("d", {.mode = 01777, .uid = 1, .gid = 2}));
    StringSource content("text");
    ABSL_RETURN_IF_ERROR(writer.AddFile(
        {"d/f", "d/g"}, {.mode = 04755, .uid = 70000, .mtime = 1234567890}, 4, content));
    ABSL_RETURN_IF_ERROR(writer.AddSymlink("l", "../d/./f", {.mode = 0777}));
    ABSL_RETURN_IF_ERROR(writer.AddNode("c", SegmentEntry::CHARACTER_DEVICE, 5, 1, {.mode = 0600}));
    ABSL_RETURN_IF_ERROR(writer.AddNode("b", SegmentEntry::BLOCK_DEVICE, 8, 30, {.mode = 0660}));
    ABSL_RETURN_IF_ERROR(writer.AddNode("p", SegmentEntry::FIFO, 0, 0, {.mode = 0600}));
    return writer.AddFile("empty:name", {.mode = 0644}, "");
  });
  ASSERT_THAT(Write("iso"), IsOk());
  EXPECT_EQ(Xorriso("-find / -exec lsdl --"),
            "drwx--x--x    1 7        8               0 Jan  1  1970 '/'\n"
            "brw-rw----    1 0        0            8,30 Apr 18  2017 '/b'\n"
            "crw-------    1 0        0             5,1 Apr 18  2017 '/c'\n"
            "drwxrwxrwt    1 1        2               0 Apr 18  2017 '/d'\n"
            "-rwsr-xr-x    1 70000    0               4 Feb 13  2009 '/d/f'\n"
            "-rwsr-xr-x    1 70000    0               4 Feb 13  2009 '/d/g'\n"
            "-rw-r--r--    1 0        0               0 Apr 18  2017 '/empty:name'\n"
            "lrwxrwxrwx    1 0        0               0 Apr 18  2017 '/l' -> '../d/./f'\n"
            "prw-------    1 0        0               0 Apr 18  2017 '/p'\n");
}

TEST_F(RootIsoTest, LongNamesAndTargetsAndDeepDirectories) {
  const std::string long_name(255, 'n');
  std::string deep = "d";
  for (int i = 0; i < 20; ++i) deep += "/d";
  // Components that a field cuts, and more than one field holds.
  const std::string target = absl::StrCat("/", std::string(255, 't'), "/../", long_name, "/x");
  segments_.Add([&](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(
        writer.AddFile(absl::StrCat(deep, "/", long_name), {.mode = 0644}, "deep"));
    ABSL_RETURN_IF_ERROR(writer.AddSymlink(long_name, target, {.mode = 0777}));
    return writer.AddSymlink("root", "/", {.mode = 0777});
  });
  ASSERT_THAT(Write("iso"), IsOk());
  const std::string out = segments_.Path("out");
  ASSERT_EQ(Xorriso("-extract / " + out), "");
  EXPECT_EQ(OutputOf(absl::StrCat("cat ", out, "/", deep, "/", long_name)), "deep");
  EXPECT_EQ(OutputOf(absl::StrCat("readlink ", out, "/", long_name, " ", out, "/root")),
            absl::StrCat(target, "\n/\n"));
}

// A block holds so many names that some records go to the next one.
TEST_F(RootIsoTest, ManyFilesWithTheirContent) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    for (int i = 0; i < 300; ++i) {
      ABSL_RETURN_IF_ERROR(writer.AddFile(absl::StrCat("same-beginning-of-a-long-name.", i),
                                          {.mode = 0644}, std::string(i * 10, 'x')));
    }
    return absl::OkStatus();
  });
  segments_.Add(FillFile("same-beginning-of-a-long-name.7", "replaced"));
  ASSERT_THAT(Write("iso"), IsOk());
  const std::string out = segments_.Path("out");
  ASSERT_EQ(Xorriso("-extract / " + out), "");
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(ReadFile(absl::StrCat(out, "/same-beginning-of-a-long-name.", i)).value(),
              i == 7 ? "replaced" : std::string(i * 10, 'x'));
  }
}

TEST_F(RootIsoTest, EqualTreesAreEqualImages) {
  segments_.Add(FillFile("a", "1"));
  ASSERT_THAT(Write("one"), IsOk());
  segments_.files().clear();
  segments_.Add(FillFile("a", "0"));
  segments_.Add(FillFile("a", "1"));
  ASSERT_THAT(Write("two"), IsOk());
  EXPECT_EQ(ReadFile(segments_.Path("one")).value(), ReadFile(segments_.Path("two")).value());
}

TEST_F(RootIsoTest, TargetThatIsTooLong) {
  segments_.Add([](SegmentWriter& writer) {
    return writer.AddSymlink("l", std::string(1025, 't'), {.mode = 0777});
  });
  EXPECT_THAT(Write("iso"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/l is a symlink with a target of 1025 bytes; an ISO image of ours has at "
                       "most 1024"));
}

TEST_F(RootIsoTest, NameThatIsTooLong) {
  segments_.Add(FillFile(std::string(256, 'n'), ""));
  EXPECT_THAT(Write("iso"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("/", std::string(256, 'n'),
                                    " has a name of 256 bytes; expected at most 255")));
}

}  // namespace
}  // namespace linuxkit
