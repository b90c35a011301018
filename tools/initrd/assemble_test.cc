// The bytes of an initrd: the order of its archives, the alignment the kernel wants, and what is
// put between segments.
#include "tools/initrd/assemble.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/compress/decompressor.h"
#include "tools/cpio/newc.h"
#include "tools/cpio/newc_reader.h"
#include "tools/initrd/plan.h"
#include "tools/initrd/segment_files.h"
#include "tools/initrd/testing.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;

constexpr char kRoot[] = ". 40755 ";

// "name mode content", for links also their number; a line an entry.
absl::StatusOr<std::vector<std::string>> Entries(ByteSource& archive) {
  NewcReader cpio(archive);
  std::vector<std::string> lines;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, cpio.Next());
    if (!member) return lines;
    StringSink data;
    ABSL_RETURN_IF_ERROR(CopyAll(cpio, data).status());
    const NewcHeader& header = member->header;
    lines.push_back(absl::StrFormat("%s %o %s", member->name, header.mode, data.data()));
    if (header.nlink > 1)
      absl::StrAppendFormat(&lines.back(), " x%d #%d", header.nlink, header.ino);
  }
}

class AssembleTest : public testing::Test {
 protected:
  AssembleTest()
      : segments_(absl::StrCat(testing::TempDir(), "/",
                               testing::UnitTest::GetInstance()->current_test_info()->name())) {}

  std::string Path(std::string_view name) const { return segments_.Path(name); }

  // Where the next segment has the directory "lib", which the plan therefore leaves out.
  void AddLink() {
    segments_.Add([](SegmentWriter& writer) -> absl::Status {
      ABSL_RETURN_IF_ERROR(writer.AddDirectory("usr", {.mode = 0755}));
      return writer.AddSymlink("lib", "usr", {.mode = 0777});
    });
  }

  // A file with two names.
  void AddLinkedFiles() {
    segments_.Add([this](SegmentWriter& writer) -> absl::Status {
      ABSL_ASSIGN_OR_RETURN(const InputFile file,
                            InputFile::Open(segments_.Input("content", "old")));
      FileRange content(file);
      return writer.AddFile({"one", "two"}, {.mode = 0644}, file.size(), content);
    });
  }

  std::string Assemble(const std::string& ucode = "") {
    const auto indexes = ReadIndexes(segments_.files());
    EXPECT_THAT(indexes, IsOk());
    const auto plan = PlanInitrd(*indexes);
    EXPECT_THAT(plan, IsOk());
    const auto output = OutputFile::Create(Path("initrd"));
    EXPECT_THAT(output, IsOk());
    EXPECT_THAT(AssembleInitrd(ucode, segments_.files(), *plan, **output), IsOk());
    EXPECT_THAT((*output)->Commit(), IsOk());
    return ReadFile(Path("initrd")).value();
  }

  // The entries of all archives of `initrd`, each of which the kernel finds where the one before
  // ends and the next multiple of four bytes is.
  absl::StatusOr<std::vector<std::string>> Listing(std::string_view initrd) {
    std::vector<std::string> all;
    while (!initrd.empty()) {
      const size_t size = initrd.starts_with(kNewcMagic) ? EndOfArchive(initrd) : initrd.size();
      const std::string path = segments_.Input("archive", initrd.substr(0, size));
      ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
      FileRange range(file);
      ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> plain, Decompress(range));
      ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> entries, Entries(*plain));
      all.insert(all.end(), entries.begin(), entries.end());
      initrd.remove_prefix(size);
    }
    return all;
  }

  // An archive that is not compressed ends behind its trailer.
  static size_t EndOfArchive(std::string_view initrd) {
    const size_t end = initrd.find(kNewcTrailer) + kNewcTrailer.size() + 1;
    return end + NewcPadding(end);
  }

  TestSegments segments_;
};

TEST_F(AssembleTest, NoSegments) {
  EXPECT_THAT(Listing(Assemble()), IsOkAndHolds(ElementsAre(kRoot)));
}

TEST_F(AssembleTest, SegmentsFollowTheRootInOrderByteForByte) {
  segments_.Add(FillFile("a", "1"), Compression::Format::kZstd);
  segments_.Add(FillFile("b", "2"), Compression::Format::kGzip);
  const std::string initrd = Assemble();
  const std::string root = initrd.substr(0, EndOfArchive(initrd));
  EXPECT_EQ(initrd, absl::StrCat(root, ReadFile(segments_.files()[0].segment).value(),
                                 ReadFile(segments_.files()[1].segment).value()));
  EXPECT_THAT(Listing(root), IsOkAndHolds(ElementsAre(kRoot)));
}

// Linux looks for microcode at the very beginning only, before it can decompress anything.
TEST_F(AssembleTest, MicrocodeComesFirst) {
  segments_.Add(FillFile("a", "1"));
  const std::string initrd = Assemble(segments_.Input("ucode", "0707 microcode"));
  EXPECT_TRUE(initrd.starts_with(std::string_view("0707 microcode\0\0", 16)));
  EXPECT_THAT(Listing(initrd.substr(16)), IsOkAndHolds(ElementsAre(kRoot, "a 100644 1")));
}

TEST_F(AssembleTest, ArchivesBeginAtMultiplesOfFour) {
  segments_.Add(FillFile("a", "1"));
  // A foreign rule's segment need not be padded.
  std::string unpadded = ReadFile(segments_.files()[0].segment).value();
  unpadded.resize(unpadded.find(kNewcTrailer) + kNewcTrailer.size() + 1);
  ASSERT_NE(unpadded.size() % 4, 0u);
  segments_.Input("segment0", unpadded);
  segments_.Add(FillFile("b", "2"));
  EXPECT_THAT(Listing(Assemble()), IsOkAndHolds(ElementsAre(kRoot, "a 100644 1", "b 100644 2")));
}

TEST_F(AssembleTest, DirectoryOverALinkIsLeftOut) {
  AddLink();
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("lib", {.mode = 0755}));
    return writer.AddFile("lib/x", {.mode = 0600}, "content");
  });
  EXPECT_THAT(Listing(Assemble()), IsOkAndHolds(ElementsAre(kRoot, "usr 40755 ", "lib 120777 usr",
                                                            "lib/x 100600 content")));
}

// Byte for byte, as it is stored, although the directories above its entries are elsewhere.
TEST_F(AssembleTest, ParentsOfASegmentComeBeforeIt) {
  AddLink();
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    for (const char* path : {"lib", "lib/modules", "boot"}) {
      ABSL_RETURN_IF_ERROR(writer.AddParent(path, kMadeUpDirectory));
    }
    return writer.AddFile("lib/modules/x", {.mode = 0600}, "content");
  });
  const std::string initrd = Assemble();
  EXPECT_TRUE(initrd.ends_with(ReadFile(segments_.files()[1].segment).value()));
  EXPECT_THAT(Listing(initrd),
              IsOkAndHolds(ElementsAre(kRoot, "usr 40755 ", "lib 120777 usr", "usr/modules 40755 ",
                                       "boot 40755 ", "lib/modules/x 100600 content")));
}

// The kernel need not know the compression that is our default; and the zeros that pad a segment
// are no part of what is compressed. gzip and zstd judge, of contents that need different padding.
TEST_F(AssembleTest, RewrittenSegmentStaysCompressedAsItWas) {
  struct Format {
    Compression::Format format;
    std::string_view magic, program;
  };
  for (const Format& format : {Format{Compression::Format::kGzip, "\x1f\x8b", "gzip -dqc"},
                               Format{Compression::Format::kZstd, "\x28\xb5", "zstd -dqc"}}) {
    for (const std::string content : {"", "a", "ab", "abc", "abcd", "abcde", "abcdef", "acegikm"}) {
      segments_.files().clear();
      AddLink();
      const size_t start = Assemble().size();
      segments_.Add(
          [&](SegmentWriter& writer) -> absl::Status {
            ABSL_RETURN_IF_ERROR(writer.AddDirectory("lib", {.mode = 0755}));
            return writer.AddFile("lib/x", {.mode = 0600}, content);
          },
          format.format);
      const std::string segment = Assemble().substr(start);
      EXPECT_TRUE(segment.starts_with(format.magic)) << content;
      EXPECT_EQ(segment.size() % 4, 0u) << content;
      segments_.Input("packed", segment);
      ASSERT_EQ(std::system(absl::StrCat(format.program, " <", Path("packed"), " 2>/dev/null >",
                                         Path("unpacked"), "; cpio --to-stdout -i --quiet <",
                                         Path("unpacked"), " >", Path("content"))
                                .c_str()),
                0);
      EXPECT_EQ(ReadFile(Path("content")).value(), content);
    }
  }
}

// What is written anew keeps everything else, so that hard links stay hard links.
TEST_F(AssembleTest, HardLinksOfARewrittenSegment) {
  AddLink();
  segments_.Add([](SegmentWriter& writer) -> absl::Status {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory("lib", {.mode = 0755}));
    const std::string path = testing::TempDir() + "/content";
    ABSL_RETURN_IF_ERROR(WriteFile(path, "both"));
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
    FileRange content(file);
    return writer.AddFile({"lib/one", "lib/two"}, {.mode = 0755}, file.size(), content);
  });
  EXPECT_THAT(Listing(Assemble()),
              IsOkAndHolds(ElementsAre(kRoot, "usr 40755 ", "lib 120777 usr",
                                       "lib/one 100755 both x2 #2", "lib/two 100755  x2 #2")));
}

// The kernel would write into both names of the file; a link in its place makes it forget one.
TEST_F(AssembleTest, FileOverAHardLinkComesBehindALink) {
  AddLinkedFiles();
  segments_.Add(FillFile("two", "new"));
  EXPECT_THAT(Listing(Assemble()),
              IsOkAndHolds(ElementsAre(kRoot, "one 100644 old x2 #1", "two 100644  x2 #1",
                                       "two 120777 replaced", "two 100644 new")));
}

// The later copy overrides what stands between.
TEST_F(AssembleTest, SegmentThatStandsTwice) {
  AddLinkedFiles();
  segments_.Add(FillFile("two", "new"));
  segments_.files().push_back(segments_.files().front());
  EXPECT_THAT(Listing(Assemble()),
              IsOkAndHolds(ElementsAre(kRoot, "one 100644 old x2 #1", "two 100644  x2 #1",
                                       "two 120777 replaced", "two 100644 new",
                                       "one 100644 old x2 #1", "two 100644  x2 #1")));
}

// LinuxKit format, section 2.4.
TEST_F(AssembleTest, ApkDatabasesOfTwoInitImagesAreJoinedBehindThem) {
  segments_.Add(FillFile("a", "1"));
  segments_.files().back().apk_database = segments_.Input("apk0", "P:one\n");
  segments_.Add(FillFile("b", "2"));
  segments_.files().back().apk_database = segments_.Input("apk1", "P:two\n");
  segments_.Add(FillFile("c", "3"));
  EXPECT_THAT(Listing(Assemble()),
              IsOkAndHolds(ElementsAre(kRoot, "a 100644 1", "b 100644 2",
                                       "lib/apk/db/installed 100644 P:one\n\n\nP:two\n\n\n",
                                       "c 100644 3")));
}

TEST_F(AssembleTest, ApkDatabaseOfOneInitImageStaysAsItIs) {
  segments_.Add(FillFile("a", "1"));
  segments_.files().back().apk_database = segments_.Input("apk0", "P:one\n");
  segments_.Add(FillFile("b", "2"));
  segments_.files().back().apk_database = segments_.Input("apk1", "");
  EXPECT_THAT(Listing(Assemble()), IsOkAndHolds(ElementsAre(kRoot, "a 100644 1", "b 100644 2")));
}

TEST_F(AssembleTest, MissingSegmentNamesItsPath) {
  segments_.files().push_back({.segment = Path("none"), .index = "", .apk_database = ""});
  InitrdPlan plan;
  plan.segments.resize(1);
  const auto output = OutputFile::Create(Path("initrd"));
  ASSERT_THAT(output, IsOk());
  EXPECT_EQ(AssembleInitrd("", segments_.files(), plan, **output).message(),
            absl::StrCat("cannot open ", Path("none"), ": No such file or directory"));
}

}  // namespace
}  // namespace linuxkit
