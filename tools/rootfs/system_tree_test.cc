// Which entries of which segments are there in the end.
#include "tools/rootfs/system_tree.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/compress/compressor.h"
#include "tools/flatten/testing/kernel_tree.h"
#include "tools/initrd/testing.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

constexpr char kRootLine[] = ". d 755 0:0 1492533000 ";

TestSegments::Fill FillLinked(const std::vector<std::string>& names, const std::string& content) {
  return [=](SegmentWriter& writer) {
    StringSource source(content);
    return writer.AddFile(names, {.mode = 0644}, content.size(), source);
  };
}

class SystemTreeTest : public testing::Test {
 protected:
  SystemTreeTest()
      : segments_(absl::StrCat(testing::TempDir(), "/",
                               testing::UnitTest::GetInstance()->current_test_info()->name())) {}

  KernelTree Streamed() {
    KernelTree seen;
    const auto tree = SystemTree::Read(segments_.files());
    EXPECT_THAT(tree, IsOk());
    if (tree.ok()) {
      EXPECT_THAT(tree->Stream(seen), IsOk());
    }
    return seen;
  }
  std::vector<std::string> Lines() { return Streamed().Lines(); }
  std::vector<std::string> Names() { return Streamed().Names(); }

  std::string Digest() {
    const auto tree = SystemTree::Read(segments_.files());
    return tree.ok() ? Hex(tree->Digest()) : tree.status().ToString();
  }
  // Of a system with that segment alone.
  std::string DigestOf(const TestSegments::Fill& fill) {
    segments_.files().clear();
    segments_.Add(fill);
    return Digest();
  }

  TestSegments segments_;
};

TEST_F(SystemTreeTest, NoSegments) { EXPECT_THAT(Lines(), ElementsAre(kRootLine)); }

TEST_F(SystemTreeTest, EverySortOfEntry) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory(".", {.mode = 0711, .uid = 1, .mtime = 7}));
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("d", {.mode = 01777, .uid = 2, .gid = 3, .mtime = 8}));
    ABSL_RETURN_IF_ERROR(writer.AddFile("d/f", {.mode = 04755, .gid = 70000, .mtime = 9}, "text"));
    ABSL_RETURN_IF_ERROR(writer.AddSymlink("l", "d/f", {.mode = 0777}));
    ABSL_RETURN_IF_ERROR(writer.AddNode("c", SegmentEntry::CHARACTER_DEVICE, 5, 1, {.mode = 0600}));
    ABSL_RETURN_IF_ERROR(writer.AddNode("b", SegmentEntry::BLOCK_DEVICE, 8, 300, {.mode = 0660}));
    return writer.AddNode("p", SegmentEntry::FIFO, 0, 0, {.mode = 0600});
  });
  EXPECT_THAT(Lines(), ElementsAre(". d 711 1:0 7 ", "b b 660 0:0 1492533000 8,300",
                                   "c c 600 0:0 1492533000 5,1", "d d 1777 2:3 8 ",
                                   "d/f f 4755 0:70000 9 text", "l l 777 0:0 1492533000 d/f",
                                   "p p 600 0:0 1492533000 0,0"));
}

TEST_F(SystemTreeTest, ParentsOfASegmentAreDirectories) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("usr", {.mode = 0755}));
    return writer.AddSymlink("lib", "usr", {.mode = 0777});
  });
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddParent("lib", kMadeUpDirectory));
    ABSL_RETURN_IF_ERROR(writer.AddParent("lib/modules", {.mode = 0750, .gid = 7}));
    return writer.AddFile("lib/modules/x", {.mode = 0600}, "text");
  });
  EXPECT_THAT(Lines(), ElementsAre(kRootLine, "lib l 777 0:0 1492533000 usr",
                                   "usr d 755 0:0 1492533000 ", "usr/modules d 750 0:7 1492533000 ",
                                   "usr/modules/x f 600 0:0 1492533000 text"));
}

TEST_F(SystemTreeTest, LaterFileReplacesTheEarlierOne) {
  segments_.Add(FillFile("a", "old"), Compression::Format::kZstd);
  segments_.Add(FillFile("a", "new"), Compression::Format::kGzip);
  EXPECT_THAT(Names(), ElementsAre("./", "a=new"));
}

TEST_F(SystemTreeTest, FileReplacesALinkAndADirectoryAFile) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddSymlink("one", "x", {.mode = 0777}));
    return writer.AddFile("two", {.mode = 0644}, "file");
  });
  segments_.Add(FillFile("one", "1"));
  segments_.Add(FillFile("two/three", "3"));
  EXPECT_THAT(Names(), ElementsAre("./", "one=1", "two/", "two/three=3"));
}

TEST_F(SystemTreeTest, MadeUpDirectoryKeepsAttributes) {
  segments_.Add([](SegmentWriter& writer) { return writer.AddDirectory("tmp", {.mode = 01777}); });
  segments_.Add(FillFile("tmp/a", "1"));
  EXPECT_THAT(Lines(),
              ElementsAre(kRootLine, "tmp d 1777 0:0 1492533000 ", "tmp/a f 644 0:0 1492533000 1"));
}

TEST_F(SystemTreeTest, LaterDirectoryGivesItsAttributes) {
  segments_.Add(FillFile("etc/a", "1"));
  segments_.Add([](SegmentWriter& writer) {
    return writer.AddDirectory("etc", {.mode = 0700, .uid = 5, .mtime = 1});
  });
  EXPECT_THAT(Lines(), ElementsAre(kRootLine, "etc d 700 5:0 1 ", "etc/a f 644 0:0 1492533000 1"));
}

TEST_F(SystemTreeTest, PathThroughALinkLandsBehindIt) {
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("usr/lib", {.mode = 0755}));
    return writer.AddSymlink("lib", "usr/lib", {.mode = 0777});
  });
  segments_.Add(FillFile("lib/modules/m", "module"));
  EXPECT_THAT(Names(), ElementsAre("./", "lib->usr/lib", "usr/", "usr/lib/", "usr/lib/modules/",
                                   "usr/lib/modules/m=module"));
}

TEST_F(SystemTreeTest, NamesOfAHardLinkComeTogether) {
  segments_.Add(FillLinked({"b", "a", "d/c"}, "one"));
  EXPECT_THAT(Lines(),
              ElementsAre(kRootLine, "a f 644 0:0 1492533000 one", "b f 644 0:0 1492533000 =a",
                          "d d 755 0:0 1492533000 ", "d/c f 644 0:0 1492533000 =a"));
}

// The name with the content goes away; the content has to stay for the others.
TEST_F(SystemTreeTest, ReplacedFirstNameOfAHardLink) {
  segments_.Add(FillLinked({"a", "b", "c"}, "old"));
  segments_.Add(FillFile("a", "new"));
  EXPECT_THAT(Lines(), ElementsAre(kRootLine, "a f 644 0:0 1492533000 new",
                                   "b f 644 0:0 1492533000 old", "c f 644 0:0 1492533000 =b"));
}

TEST_F(SystemTreeTest, AllNamesOfAHardLinkReplaced) {
  segments_.Add(FillLinked({"a", "b"}, "old"));
  segments_.Add(FillLinked({"b", "a"}, "new"));
  EXPECT_THAT(Names(), ElementsAre("./", "a=new", "b=new"));
}

TEST_F(SystemTreeTest, ConflictIsThatOfTheInitrd) {
  segments_.Add(FillFile("a/b", "1"));
  segments_.Add(FillFile("a", "2"));
  EXPECT_THAT(SystemTree::Read(segments_.files()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       absl::StrCat(segments_.Path("segment1"), ": a: found a file where ",
                                    segments_.Path("segment0"),
                                    " has a directory with files in it; expected a directory. "
                                    "Leave one of the two out, or move the files to where the "
                                    "other wants them.")));
}

// LinuxKit format, section 2.4.
TEST_F(SystemTreeTest, ApkDatabasesOfInitImagesAreJoined) {
  for (const std::string name : {"one", "two"}) {
    segments_.Add(FillFile("lib/apk/db/installed", name));
    segments_.files().back().apk_database = segments_.Input(name, absl::StrCat("P:", name, "\n"));
  }
  segments_.Add(FillFile("z", ""));
  EXPECT_THAT(Lines(),
              ElementsAre(kRootLine, "lib d 755 0:0 1492533000 ", "lib/apk d 755 0:0 1492533000 ",
                          "lib/apk/db d 755 0:0 1492533000 ",
                          "lib/apk/db/installed f 644 0:0 0 P:one\n\n\nP:two\n\n\n",
                          "z f 644 0:0 1492533000 "));
}

TEST_F(SystemTreeTest, FileOverTheJoinedApkDatabases) {
  for (const std::string name : {"one", "two"}) {
    segments_.Add(FillFile("lib/apk/db/installed", name));
    segments_.files().back().apk_database = segments_.Input(name, absl::StrCat("P:", name, "\n"));
  }
  segments_.Add(FillFile("lib/apk/db/installed", "mine"));
  EXPECT_THAT(Names(),
              ElementsAre("./", "lib/", "lib/apk/", "lib/apk/db/", "lib/apk/db/installed=mine"));
}

// A sink that remembers the order.
class OrderSink : public KernelTree {
 public:
  absl::Status AddDirectory(std::string_view path, const Attributes&) override {
    paths.emplace_back(path);
    return absl::OkStatus();
  }
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes&, uint64_t,
                       ByteSource&) override {
    paths.insert(paths.end(), names.begin(), names.end());
    return absl::OkStatus();
  }
  std::vector<std::string> paths;
};

TEST_F(SystemTreeTest, DirectoriesByPathThenFilesInTheOrderOfSegments) {
  segments_.Add(FillLinked({"z/3", "y"}, "1"));
  segments_.Add(FillFile("a/b", "2"));
  const auto tree = SystemTree::Read(segments_.files());
  ASSERT_THAT(tree, IsOk());
  OrderSink order;
  ASSERT_THAT(tree->Stream(order), IsOk());
  EXPECT_THAT(order.paths, ElementsAre(".", "a", "z", "y", "z/3", "a/b"));
}

TEST_F(SystemTreeTest, FindLooksAtTheEnd) {
  segments_.Add(FillFile("boot/a", "1"));
  const auto tree = SystemTree::Read(segments_.files());
  ASSERT_THAT(tree, IsOk());
  EXPECT_EQ(tree->Find("boot")->type, SegmentEntry::DIRECTORY);
  EXPECT_EQ(tree->Find("boot/b"), nullptr);
}

TEST_F(SystemTreeTest, DigestIsThatOfTheTree) {
  segments_.Add(FillFile("a", "old"), Compression::Format::kZstd);
  segments_.Add(FillFile("a", "new"));
  const std::string digest = Digest();
  EXPECT_EQ(digest, DigestOf(FillFile("a", "new")));
  EXPECT_NE(digest, DigestOf(FillFile("a", "now")));
  EXPECT_NE(digest, DigestOf(FillFile("b", "new")));
  EXPECT_NE(digest, DigestOf(FillLinked({"a", "b"}, "new")));
  EXPECT_NE(digest, DigestOf([](SegmentWriter& writer) {
              return writer.AddFile("a", {.mode = 0600}, "new");
            }));
}

TEST_F(SystemTreeTest, DigestCoversAllAttributes) {
  const std::vector<TestSegments::Fill> fills = {
      FillLinked({"a", "bc"}, ""),
      FillLinked({"ab", "c"}, ""),
      [](SegmentWriter& w) { return w.AddFile("a", {.mode = 0644, .mtime = 1}, ""); },
      [](SegmentWriter& w) { return w.AddFile("a", {.mode = 0644, .mtime = 2}, ""); },
      [](SegmentWriter& w) { return w.AddFile("a", {.mode = 0644, .uid = 1, .mtime = 2}, ""); },
      [](SegmentWriter& w) { return w.AddFile("a", {.mode = 0644, .gid = 1, .mtime = 2}, ""); },
      [](SegmentWriter& w) { return w.AddSymlink("a", "1", {.mode = 0777}); },
      [](SegmentWriter& w) { return w.AddSymlink("a", "2", {.mode = 0777}); },
      [](SegmentWriter& w) { return w.AddNode("a", SegmentEntry::FIFO, 0, 0, {.mode = 0600}); },
      [](SegmentWriter& w) {
        return w.AddNode("a", SegmentEntry::BLOCK_DEVICE, 8, 1, {.mode = 0600});
      },
      [](SegmentWriter& w) {
        return w.AddNode("a", SegmentEntry::BLOCK_DEVICE, 8, 2, {.mode = 0600});
      },
      [](SegmentWriter& w) {
        return w.AddNode("a", SegmentEntry::BLOCK_DEVICE, 9, 2, {.mode = 0600});
      },
      [](SegmentWriter& w) {
        return w.AddNode("a", SegmentEntry::CHARACTER_DEVICE, 9, 2, {.mode = 0600});
      },
      [](SegmentWriter& w) { return w.AddDirectory("a", {.mode = 0755}); },
      [](SegmentWriter& w) { return w.AddDirectory("b", {.mode = 0755}); },
      [](SegmentWriter& w) { return w.AddDirectory("b", {.mode = 0700}); },
      [](SegmentWriter& w) { return w.AddDirectory(".", {.mode = 0700}); },
  };
  std::set<std::string> digests;
  for (const TestSegments::Fill& fill : fills) digests.insert(DigestOf(fill));
  EXPECT_EQ(digests.size(), fills.size());
}

// The file that the init image has itself, whose attributes it gives.
TEST_F(SystemTreeTest, DatabaseOfOneInitImageStaysAsItIs) {
  segments_.Add(FillFile("lib/apk/db/installed", "its own"));
  segments_.files().back().apk_database = segments_.Input("one", "P:one\n");
  EXPECT_THAT(Names(),
              ElementsAre("./", "lib/", "lib/apk/", "lib/apk/db/", "lib/apk/db/installed=its own"));
}

TEST_F(SystemTreeTest, DamagedSegmentIsNamed) {
  segments_.Add(FillFile("a", "good"));
  std::string bytes = ReadFile(segments_.Path("segment0")).value();
  bytes.replace(bytes.find("good"), 4, "evil");
  segments_.Input("segment0", bytes);
  const auto tree = SystemTree::Read(segments_.files());
  ASSERT_THAT(tree, IsOk());
  KernelTree seen;
  EXPECT_THAT(tree->Stream(seen),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("the segment ", segments_.Path("segment0"), " of ",
                                    segments_.Path("segment0"), ": \"a\" has the digest ",
                                    OciDigest(Sha256Of("evil")), " there; expected ",
                                    OciDigest(Sha256Of("good")))));
}

}  // namespace
}  // namespace linuxkit
