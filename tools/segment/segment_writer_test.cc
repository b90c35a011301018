#include "tools/segment/segment_writer.h"

#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/compress/decompressor.h"
#include "tools/cpio/newc_reader.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

constexpr Compression kNone = {.format = Compression::Format::kNone};

std::string OutputPath() { return testing::TempDir() + "/segment"; }
std::string IndexPath() { return testing::TempDir() + "/index"; }

std::unique_ptr<SegmentWriter> NewWriter(Compression compression = kNone) {
  auto writer =
      SegmentWriter::Create(OutputPath(), {.owner = "//os:test", .compression = compression});
  EXPECT_THAT(writer, IsOk());
  return *std::move(writer);
}

// "name octal-mode uid:gid mtime #ino xlinks =data", a line an entry.
absl::StatusOr<std::vector<std::string>> Listing(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  FileRange range(file);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> plain, Decompress(range));
  NewcReader cpio(*plain);
  std::vector<std::string> lines;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, cpio.Next());
    if (!member) return lines;
    StringSink data;
    ABSL_RETURN_IF_ERROR(CopyAll(cpio, data).status());
    const NewcHeader& header = member->header;
    char mode[16];
    std::snprintf(mode, sizeof(mode), "%o", header.mode);
    lines.push_back(absl::StrCat(member->name, " ", mode, " ", header.uid, ":", header.gid, " ",
                                 header.mtime, " #", header.ino, " x", header.nlink, " ",
                                 header.rdev_major, ",", header.rdev_minor, " =", data.data()));
  }
}

SegmentIndex ReadIndex() {
  SegmentIndex index;
  auto bytes = ReadFile(IndexPath());
  EXPECT_THAT(bytes, IsOk());
  EXPECT_TRUE(index.ParseFromString(*bytes));
  return index;
}

TEST(SegmentWriterTest, Empty) {
  auto writer = NewWriter();
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(Listing(OutputPath()), IsOkAndHolds(ElementsAre()));
  EXPECT_EQ(ReadIndex().entries_size(), 0);
  EXPECT_EQ(ReadIndex().stored_bytes(), 124u);
  EXPECT_EQ(ReadIndex().owner(), "//os:test");
}

TEST(SegmentWriterTest, ParentsAreInTheIndexAlone) {
  auto writer = NewWriter();
  ASSERT_THAT(writer->AddParent("lib", {.mode = 0700, .uid = 1, .gid = 2, .mtime = 3}), IsOk());
  ASSERT_THAT(writer->AddParent("lib/modules", kMadeUpDirectory), IsOk());
  ASSERT_THAT(writer->AddParent("lib", kMadeUpDirectory), IsOk());
  ASSERT_THAT(writer->AddFile("lib/modules/x", {.mode = 0644, .mtime = 4}, "a"), IsOk());
  ASSERT_THAT(writer->AddParent("lib/modules/x", kMadeUpDirectory), IsOk());
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(Listing(OutputPath()),
              IsOkAndHolds(ElementsAre("lib/modules/x 100644 0:0 4 #1 x1 0,0 =a")));
  const SegmentIndex index = ReadIndex();
  EXPECT_EQ(index.entries_size(), 1);
  ASSERT_EQ(index.parents_size(), 2);
  EXPECT_EQ(index.parents(0).path(), "lib");
  EXPECT_EQ(index.parents(0).mode(), 0700u);
  EXPECT_EQ(index.parents(0).mtime(), 3);
  EXPECT_EQ(index.parents(1).path(), "lib/modules");
  EXPECT_TRUE(index.parents(1).made_up());
}

TEST(SegmentWriterTest, EveryType) {
  auto writer = NewWriter();
  const Attributes attributes = {.mode = 04751, .uid = 1, .gid = 2, .mtime = 3};
  ASSERT_THAT(writer->AddDirectory("d", attributes), IsOk());
  ASSERT_THAT(writer->AddFile("d/f", attributes, "hello"), IsOk());
  ASSERT_THAT(writer->AddSymlink("d/l", "../x", attributes), IsOk());
  ASSERT_THAT(writer->AddNode("d/c", SegmentEntry::CHARACTER_DEVICE, 5, 1, attributes), IsOk());
  ASSERT_THAT(writer->AddNode("d/b", SegmentEntry::BLOCK_DEVICE, 8, 2, attributes), IsOk());
  ASSERT_THAT(writer->AddNode("d/p", SegmentEntry::FIFO, 0, 0, attributes), IsOk());
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(
      Listing(OutputPath()),
      IsOkAndHolds(ElementsAre("d 44751 1:2 3 #1 x1 0,0 =", "d/f 104751 1:2 3 #2 x1 0,0 =hello",
                               "d/l 124751 1:2 3 #3 x1 0,0 =../x", "d/c 24751 1:2 3 #4 x1 5,1 =",
                               "d/b 64751 1:2 3 #5 x1 8,2 =", "d/p 14751 1:2 3 #6 x1 0,0 =")));
  const SegmentIndex index = ReadIndex();
  ASSERT_EQ(index.entries_size(), 6);
  EXPECT_EQ(index.entries(1).size(), 5u);
  EXPECT_EQ(absl::BytesToHexString(index.entries(1).sha256()),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(index.entries(2).link(), "../x");
  EXPECT_EQ(index.entries(4).device_minor(), 2u);
}

TEST(SegmentWriterTest, MissingParentsAreMadeUp) {
  auto writer = NewWriter();
  ASSERT_THAT(writer->AddFile("a/b/c", {}, ""), IsOk());
  ASSERT_THAT(writer->AddFile("a/d", {}, ""), IsOk());
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(
      Listing(OutputPath()),
      IsOkAndHolds(ElementsAre(
          "a 40755 0:0 1492533000 #1 x1 0,0 =", "a/b 40755 0:0 1492533000 #2 x1 0,0 =",
          "a/b/c 100644 0:0 1492533000 #3 x1 0,0 =", "a/d 100644 0:0 1492533000 #4 x1 0,0 =")));
  const SegmentIndex index = ReadIndex();
  EXPECT_EQ(index.entries(0).type(), SegmentEntry::DIRECTORY);
  EXPECT_TRUE(index.entries(0).made_up());
  EXPECT_FALSE(index.entries(2).made_up());
}

TEST(SegmentWriterTest, ParentThatIsALinkIsLeftAlone) {
  auto writer = NewWriter();
  ASSERT_THAT(writer->AddSymlink("lib", "usr/lib", {.mode = 0777}), IsOk());
  ASSERT_THAT(writer->AddFile("lib/x", {}, ""), IsOk());
  EXPECT_EQ(writer->index().entries_size(), 2);
}

TEST(SegmentWriterTest, ParentThatIsAFile) {
  auto writer = NewWriter();
  ASSERT_THAT(writer->AddFile("etc", {}, ""), IsOk());
  EXPECT_THAT(writer->AddFile("etc/x", {}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"etc/x\": its parent \"etc\" is not a directory in this segment"));
}

TEST(SegmentWriterTest, HardLinksShareANumberAndTheFirstHoldsTheData) {
  auto writer = NewWriter();
  StringSource content("data");
  ASSERT_THAT(writer->AddFile({"a", "d/b", "c"}, {.mode = 0755, .mtime = 9}, 4, content), IsOk());
  ASSERT_THAT(writer->AddFile("next", {}, ""), IsOk());
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(Listing(OutputPath()),
              IsOkAndHolds(ElementsAre(
                  "d 40755 0:0 1492533000 #1 x1 0,0 =", "a 100755 0:0 9 #2 x3 0,0 =data",
                  "d/b 100755 0:0 9 #2 x3 0,0 =", "c 100755 0:0 9 #2 x3 0,0 =",
                  "next 100644 0:0 1492533000 #3 x1 0,0 =")));
  const SegmentIndex index = ReadIndex();
  EXPECT_EQ(index.entries(2).type(), SegmentEntry::HARDLINK);
  EXPECT_EQ(index.entries(2).path(), "d/b");
  EXPECT_EQ(index.entries(2).link(), "a");
}

TEST(SegmentWriterTest, ContentTooShort) {
  auto writer = NewWriter();
  StringSource content("123");
  EXPECT_THAT(writer->AddFile({"f"}, {}, 5, content),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"f\": its content ends after 3 bytes; expected 5"));
}

TEST(SegmentWriterTest, ContentIsReadToItsSizeOnly) {
  auto writer = NewWriter();
  StringSource content("12345");
  ASSERT_THAT(writer->AddFile({"f"}, {}, 3, content), IsOk());
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(Listing(OutputPath()),
              IsOkAndHolds(ElementsAre("f 100644 0:0 1492533000 #1 x1 0,0 =123")));
}

TEST(SegmentWriterTest, FileTooLargeForTheFormat) {
  auto writer = NewWriter();
  StringSource content("");
  EXPECT_THAT(writer->AddFile({"var/disk.img"}, {}, uint64_t{5} << 30, content),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"var/disk.img\": size 5368709120 does not fit newc (limit "
                       "4294967295); keep such a file on a disk or volume"));
}

TEST(SegmentWriterTest, PathsThatAreNotClean) {
  auto writer = NewWriter();
  for (const std::string path : {"", "/etc", "etc/", "./etc", "a//b", "a/./b", "a/../b", ".."}) {
    EXPECT_THAT(writer->AddDirectory(path, {}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("entry \"", path,
                                      "\": expected a relative path without empty, \".\" or \"..\" "
                                      "components")));
  }
  EXPECT_THAT(writer->AddDirectory(".", {.mode = 0755}), IsOk());
}

TEST(SegmentWriterTest, EmptyLinkTarget) {
  auto writer = NewWriter();
  EXPECT_THAT(writer->AddSymlink("l", "", {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"l\": its link target has 0 bytes; the kernel takes 1 to 4095"));
}

TEST(SegmentWriterTest, LinkTargetTooLong) {
  auto writer = NewWriter();
  EXPECT_THAT(writer->AddSymlink("l", std::string(4095, 't'), {}), IsOk());
  EXPECT_THAT(writer->AddSymlink("m", std::string(4096, 't'), {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"m\": its link target has 4096 bytes; the kernel takes 1 to 4095"));
}

TEST(SegmentWriterTest, IndexHoldsTheTimeThatIsStored) {
  auto writer = NewWriter();
  ASSERT_THAT(writer->AddFile("f", {.mtime = -5}, ""), IsOk());
  EXPECT_EQ(writer->index().entries(0).mtime(), 0);
}

TEST(SegmentWriterTest, EveryFormatIsPaddedToFour) {
  for (const auto format :
       {Compression::Format::kNone, Compression::Format::kGzip, Compression::Format::kZstd}) {
    for (const std::string text : {"", "1", "12", "123"}) {
      auto writer = NewWriter({.format = format});
      ASSERT_THAT(writer->AddFile("f", {}, text), IsOk());
      ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
      auto bytes = ReadFile(OutputPath());
      ASSERT_THAT(bytes, IsOk());
      EXPECT_EQ(bytes->size() % 4, 0u);
      EXPECT_EQ(ReadIndex().stored_bytes(), bytes->size());
    }
  }
}

TEST(SegmentWriterTest, RestartGivesTheSameBytesAsAFreshStart) {
  auto fresh = NewWriter({});
  ASSERT_THAT(fresh->AddFile("a/b", {}, "x"), IsOk());
  ASSERT_THAT(fresh->Finish(IndexPath()), IsOk());
  const auto segment = ReadFile(OutputPath()), index = ReadFile(IndexPath());
  auto writer = NewWriter({});
  writer->AddNote("of the first try");
  ASSERT_THAT(writer->AddFile("a", {}, std::string(1 << 20, 'z')), IsOk());
  ASSERT_THAT(writer->Restart(), IsOk());
  ASSERT_THAT(writer->AddFile("a/b", {}, "x"), IsOk());
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_EQ(*ReadFile(OutputPath()), *segment);
  EXPECT_EQ(*ReadFile(IndexPath()), *index);
}

TEST(SegmentWriterTest, NotesReachTheIndex) {
  auto writer = NewWriter();
  writer->AddNote("xattrs of bin/ping (security.capability)");
  ASSERT_THAT(writer->Finish(IndexPath()), IsOk());
  EXPECT_THAT(ReadIndex().notes(), ElementsAre("xattrs of bin/ping (security.capability)"));
}

TEST(SegmentWriterTest, UnfinishedLeavesNothing) {
  const std::string path = testing::TempDir() + "/unfinished";
  {
    auto writer = SegmentWriter::Create(path, {});
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->AddFile("f", {}, "x"), IsOk());
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  EXPECT_NE(access((path + ".partial").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace linuxkit
