// The tree on ISO 9660; xorriso lists and unpacks it.
#include "tools/rootfs/root_iso.h"

#include <filesystem>
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
#include "tools/disk/fields.h"
#include "tools/disk/testing.h"
#include "tools/initrd/testing.h"
#include "tools/rootfs/system_tree.h"
#include "tools/segment/segment.pb.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

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

// All lengths at which a field ends, and what lies there: text, "..", and a slash behind either.
// Up to the longest that there may be. Fields end within a component, since xorriso forgets a slash
// between whole ones.
TEST_F(RootIsoTest, TargetsAndNamesOfAllLengths) {
  std::vector<std::string> targets;
  for (size_t length = 1; length <= 1024; length += length < 220 || length > 740 ? 25 : 1) {
    targets.push_back(std::string(length, 't'));
    targets.push_back(absl::StrCat(std::string(length, 't'), "/../u"));
    targets.push_back(absl::StrCat("/", std::string(length, 't'), "/./../../u"));
    targets.push_back(
        absl::StrCat(std::string(length, 't'), "/u/", std::string(length % 9 + 1, 'v')));
  }
  for (size_t count = 100; count < 130; ++count) {
    for (const std::string_view end : {"", "a", "/abc"}) {
      std::string dots;
      for (size_t i = 0; i < count; ++i) dots.append("../");
      targets.push_back(absl::StrCat(dots, "x", end));
    }
  }
  targets.push_back(std::string(1023, 't'));
  std::erase_if(targets, [](const std::string& target) { return target.size() > 1023; });
  segments_.Add([&](SegmentWriter& writer) -> absl::Status {
    for (size_t i = 0; i < targets.size(); ++i) {
      ABSL_RETURN_IF_ERROR(writer.AddSymlink(absl::StrCat("l", i), targets[i], {.mode = 0777}));
    }
    for (size_t length = 100; length < 256; ++length) {
      ABSL_RETURN_IF_ERROR(
          writer.AddFile(std::string(length, 'n'), {.mode = 0644}, absl::StrCat(length)));
    }
    return absl::OkStatus();
  });
  ASSERT_THAT(Write("iso"), IsOk());
  const std::string out = segments_.Path("out");
  ASSERT_EQ(Xorriso("-extract / " + out), "");
  for (size_t i = 0; i < targets.size(); ++i) {
    EXPECT_EQ(std::filesystem::read_symlink(absl::StrCat(out, "/l", i)).string(), targets[i]);
  }
  for (size_t length = 100; length < 256; ++length) {
    EXPECT_EQ(ReadFile(absl::StrCat(out, "/", std::string(length, 'n'))).value(),
              absl::StrCat(length));
  }
}

// Numbers of up to 8 bits have the form that all readers know.
TEST_F(RootIsoTest, DeviceNumbers) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(
        writer.AddNode("a", SegmentEntry::CHARACTER_DEVICE, 255, 255, {.mode = 0601}));
    ABSL_RETURN_IF_ERROR(
        writer.AddNode("b", SegmentEntry::CHARACTER_DEVICE, 256, 1, {.mode = 0602}));
    ABSL_RETURN_IF_ERROR(
        writer.AddNode("c", SegmentEntry::CHARACTER_DEVICE, 1, 256, {.mode = 0603}));
    return writer.AddNode("d", SegmentEntry::BLOCK_DEVICE, 8, 3, {.mode = 0604});
  });
  ASSERT_THAT(Write("iso"), IsOk());
  const std::string iso = ReadFile(segments_.Path("iso")).value();
  const auto number = [&](uint32_t high, uint32_t low) {
    return absl::StrCat("PN\x14\x01", BytesOf(Both<uint32_t>(high)), BytesOf(Both<uint32_t>(low)));
  };
  EXPECT_THAT(iso, HasSubstr(number(0, 0xffff)));
  EXPECT_THAT(iso, HasSubstr(number(256, 1)));
  EXPECT_THAT(iso, HasSubstr(number(1, 256)));
  EXPECT_THAT(iso, HasSubstr(number(0, 0x0803)));
}

// Files end with a block and within one, and the path table takes several.
TEST_F(RootIsoTest, WholeBlocks) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    for (int i = 0; i < 300; ++i) {
      ABSL_RETURN_IF_ERROR(
          writer.AddFile(absl::StrCat("directory", i, "/f"), {.mode = 0644}, absl::StrCat(i)));
    }
    ABSL_RETURN_IF_ERROR(writer.AddFile("block", {.mode = 0644}, std::string(2048, 'b')));
    ABSL_RETURN_IF_ERROR(writer.AddFile("none", {.mode = 0644}, ""));
    return writer.AddFile("blocks", {.mode = 0644}, std::string(4097, 'c'));
  });
  ASSERT_THAT(Write("iso"), IsOk());
  const std::string out = segments_.Path("out");
  ASSERT_EQ(Xorriso("-extract / " + out), "");
  EXPECT_EQ(ReadFile(out + "/block").value(), std::string(2048, 'b'));
  EXPECT_EQ(ReadFile(out + "/blocks").value(), std::string(4097, 'c'));
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(ReadFile(absl::StrCat(out, "/directory", i, "/f")).value(), absl::StrCat(i));
  }
  // The volume's size, in both byte orders, is the file's.
  const std::string iso = ReadFile(segments_.Path("iso")).value();
  EXPECT_EQ(FromBytes<Both<uint32_t>>(std::string_view(iso).substr(16 * 2048 + 80)),
            iso.size() / 2048);
}

// Numbers of links, which xorriso does not show: of the one file with two names, and of the root.
TEST_F(RootIsoTest, LinksAreCounted) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("d", {.mode = 0750}));
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("d/e", {.mode = 0755}));
    StringSource content("text");
    return writer.AddFile({"f", "g"}, {.mode = 0640}, 4, content);
  });
  ASSERT_THAT(Write("iso"), IsOk());
  const std::string iso = ReadFile(segments_.Path("iso")).value();
  const auto links = [&](uint32_t mode) {
    const size_t at = iso.find(absl::StrCat("PX\x24\x01", BytesOf(Both<uint32_t>(mode))));
    return uint32_t{FromBytes<Both<uint32_t>>(std::string_view(iso).substr(at + 12))};
  };
  EXPECT_EQ(links(0100640), 2u);
  EXPECT_EQ(links(040750), 3u);
}

TEST_F(RootIsoTest, TimeOfTheVolume) {
  segments_.Add(FillFile("a", "1"));
  ASSERT_THAT(Write("iso"), IsOk());
  EXPECT_THAT(Xorriso("-pvd_info"), HasSubstr("Creation Time: 2017041816300000"));
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
    return writer.AddSymlink("d/l", std::string(1024, 't'), {.mode = 0777});
  });
  EXPECT_THAT(Write("iso"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/d/l is a symlink with a target of 1024 bytes; an ISO image of ours has at "
                       "most 1023"));
}

// An index without a segment, which would take 8 TiB.
TEST_F(RootIsoTest, TooLargeForBlockNumbers) {
  SegmentIndex index;
  for (int i = 0; i < 2048; ++i) {
    SegmentEntry& entry = *index.add_entries();
    entry.set_path(absl::StrCat(i));
    entry.set_type(SegmentEntry::FILE);
    entry.set_mode(0644);
    entry.set_size(0xffffffff);
  }
  segments_.files() = {{.segment = segments_.Path("segment"),
                        .index = segments_.Input("index", index.SerializeAsString()),
                        .apk_database = ""}};
  EXPECT_THAT(Write("iso"), StatusIs(absl::StatusCode::kResourceExhausted,
                                     "the tree takes 8796093298688 bytes; an ISO image has at "
                                     "most 8796093020160"));
  index.mutable_entries(7)->set_size(0x100000000);
  segments_.Input("index", index.SerializeAsString());
  EXPECT_THAT(Write("iso"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/7 has 4294967296 bytes; a file that boot programs can read from an ISO "
                       "image has at most 4294967295"));
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
