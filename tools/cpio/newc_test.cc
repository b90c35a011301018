#include "tools/cpio/newc.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/cpio/newc_reader.h"
#include "tools/cpio/newc_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

// "name mode/links=data", a line an entry.
absl::StatusOr<std::vector<std::string>> Listing(std::string_view archive) {
  std::vector<std::string> lines;
  StringSource source(archive);
  NewcReader cpio(source);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, cpio.Next());
    if (!member) return lines;
    StringSink data;
    ABSL_RETURN_IF_ERROR(CopyAll(cpio, data).status());
    lines.push_back(absl::StrCat(member->name, " ", absl::Hex(member->header.mode), "/",
                                 member->header.ino, "x", member->header.nlink, "=", data.data()));
  }
}

std::string SmallArchive() {
  StringSink sink;
  NewcWriter cpio(sink);
  EXPECT_THAT(cpio.Add({.name = "d", .mode = S_IFDIR | 0755}), IsOk());
  EXPECT_THAT(cpio.Add({.name = "d/file", .mode = S_IFREG | 0644}, "12345"), IsOk());
  EXPECT_THAT(cpio.Trailer(), IsOk());
  return sink.data();
}

TEST(NewcHeaderTest, GoldenBytes) {
  const NewcHeader header = {.ino = 1,
                             .mode = 0100644,
                             .uid = 2,
                             .gid = 3,
                             .nlink = 4,
                             .mtime = 0xffffffff,
                             .file_size = 6,
                             .dev_major = 7,
                             .dev_minor = 8,
                             .rdev_major = 9,
                             .rdev_minor = 10,
                             .name_size = 11,
                             .check = 12};
  const std::string bytes =
      "070701"
      "00000001"
      "000081a4"
      "00000002"
      "00000003"
      "00000004"
      "ffffffff"
      "00000006"
      "00000007"
      "00000008"
      "00000009"
      "0000000a"
      "0000000b"
      "0000000c";
  EXPECT_EQ(EncodeNewcHeader(header), bytes);
  EXPECT_THAT(DecodeNewcHeader(bytes), IsOkAndHolds(header));
}

TEST(NewcHeaderTest, OtherMagic) {
  const std::string bytes = "070702" + std::string(104, '0');
  EXPECT_THAT(DecodeNewcHeader(bytes),
              StatusIs(absl::StatusCode::kDataLoss,
                       "no newc header: it starts with \"070702\"; expected \"070701\""));
}

TEST(NewcHeaderTest, FieldIsNoNumber) {
  for (const std::string bad : {"0000000g", "      10", "0x000010", "-0000001", "+0000001"}) {
    const std::string bytes = "070701" + std::string(8, '0') + bad + std::string(88, '0');
    EXPECT_THAT(DecodeNewcHeader(bytes),
                StatusIs(absl::StatusCode::kDataLoss,
                         absl::StrCat("newc field mode is \"", bad, "\"; expected 8 hex digits")));
  }
}

TEST(NewcWriterTest, RoundTrip) {
  EXPECT_THAT(Listing(SmallArchive()),
              IsOkAndHolds(ElementsAre("d 41ed/1x1=", "d/file 81a4/2x1=12345")));
}

TEST(NewcWriterTest, LongestName) {
  StringSink sink;
  NewcWriter cpio(sink);
  const std::string longest(4095, 'n');
  EXPECT_THAT(cpio.Add({.name = longest, .mode = S_IFREG}), IsOk());
  EXPECT_THAT(cpio.Add({.name = longest + "n", .mode = S_IFREG}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("entry \"", std::string(80, 'n'),
                                    "\": its name has 4096 bytes; newc and the kernel take 1 to "
                                    "4095")));
}

TEST(NewcWriterTest, SizeOverflows32Bit) {
  StringSink sink;
  NewcWriter cpio(sink);
  EXPECT_THAT(cpio.Begin({.name = "big", .mode = S_IFREG, .size = 0x100000000}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"big\": size 4294967296 does not fit newc (limit 4294967295); keep "
                       "such a file on a disk or volume"));
  EXPECT_THAT(cpio.Begin({.name = "big", .mode = S_IFREG, .size = 0xffffffff}), IsOk());
}

TEST(NewcWriterTest, NumbersRunOut) {
  StringSink sink;
  NewcWriter cpio(sink, /*first_ino=*/0xffffffff);
  EXPECT_THAT(cpio.Begin({.name = "last", .mode = S_IFIFO}), IsOkAndHolds(0xffffffff));
  EXPECT_THAT(cpio.Begin({.name = "next", .mode = S_IFIFO}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "entry \"next\": the archive already has 4294967295 entries, the most newc "
                       "numbers"));
}

TEST(NewcWriterTest, NameWithANul) {
  StringSink sink;
  NewcWriter cpio(sink);
  EXPECT_THAT(cpio.Add({.name = std::string_view("a\0b", 3), .mode = S_IFREG}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"a\\x00\\x62\": its name contains a NUL"));
}

TEST(NewcWriterTest, MoreDataThanTheSize) {
  StringSink sink;
  NewcWriter cpio(sink);
  ASSERT_THAT(cpio.Begin({.name = "f", .mode = S_IFREG, .size = 1}), IsOk());
  EXPECT_THAT(cpio.Data("xy"),
              StatusIs(absl::StatusCode::kInternal, "more data than the entry's size"));
}

TEST(NewcWriterTest, LessDataThanTheSize) {
  StringSink sink;
  NewcWriter cpio(sink);
  ASSERT_THAT(cpio.Begin({.name = "f", .mode = S_IFREG, .size = 1}), IsOk());
  EXPECT_THAT(cpio.Begin({.name = "g", .mode = S_IFREG}),
              StatusIs(absl::StatusCode::kInternal, "the entry before lacks data"));
  EXPECT_THAT(cpio.Trailer(), StatusIs(absl::StatusCode::kInternal, "the entry before lacks data"));
}

TEST(NewcWriterTest, NameOfTheTrailer) {
  StringSink sink;
  NewcWriter cpio(sink);
  EXPECT_THAT(cpio.Add({.name = "TRAILER!!!", .mode = S_IFREG}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"TRAILER!!!\": this name ends a cpio archive; rename the file"));
}

TEST(NewcWriterTest, TimesOutsideThirtyTwoBits) {
  EXPECT_EQ(NewcTime(-1), 0u);
  EXPECT_EQ(NewcTime(1492533000), 1492533000u);
  EXPECT_EQ(NewcTime(0x100000000), 0xffffffffu);
}

TEST(NewcReaderTest, CutOffAnywhere) {
  const std::string archive = SmallArchive();
  for (size_t size = 0; size < archive.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_THAT(Listing(archive.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss,
                         testing::HasSubstr("the archive ends here; expected ")));
  }
}

TEST(NewcReaderTest, TrailerMissing) {
  EXPECT_THAT(Listing(""), StatusIs(absl::StatusCode::kDataLoss,
                                    "cpio archive, byte 0: the archive ends here; expected 110 "
                                    "bytes more"));
}

TEST(NewcReaderTest, ZerosBehindTheTrailer) {
  EXPECT_THAT(Listing(SmallArchive() + std::string(1000, '\0')), IsOk());
}

TEST(NewcReaderTest, BytesBehindTheTrailer) {
  const std::string archive = SmallArchive();
  EXPECT_THAT(
      Listing(archive + std::string("\0x", 2)),
      StatusIs(absl::StatusCode::kDataLoss, absl::StrCat("cpio archive, byte ", archive.size() + 1,
                                                         ": only zeros may follow the trailer")));
}

TEST(NewcReaderTest, PaddingIsNotZero) {
  std::string archive = SmallArchive();
  const size_t data = archive.find("12345");
  archive[data + 5] = 'x';
  EXPECT_THAT(Listing(archive),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("cpio archive, byte ", data + 8, ": the padding is not zero")));
}

TEST(NewcReaderTest, NameWithoutNul) {
  std::string archive = SmallArchive();
  archive[111] = 'x';  // behind "d"
  EXPECT_THAT(Listing(archive),
              StatusIs(absl::StatusCode::kDataLoss,
                       "cpio archive, byte 112: the name \"dx\" must have one NUL, at its end"));
}

TEST(NewcReaderTest, NameTooLong) {
  std::string archive = EncodeNewcHeader({.mode = S_IFREG, .nlink = 1, .name_size = 4097});
  archive += std::string(4096, 'n') + std::string(8, '\0');
  EXPECT_THAT(Listing(archive),
              StatusIs(absl::StatusCode::kDataLoss,
                       "cpio archive, byte 110: the name takes 4097 bytes; expected 2 to 4096"));
}

// GNU cpio unpacks and we look at the result.
class GnuCpioTest : public testing::Test {
 protected:
  std::string Run(const std::string& archive, const std::string& command) {
    const std::string path = testing::TempDir() + "/archive.cpio";
    const std::string out = testing::TempDir() + "/out";
    std::ofstream(path, std::ios::binary) << archive;
    const std::string line = absl::StrCat("{ ", command, "; } <", path, " >", out, " 2>&1");
    const int status = std::system(line.c_str());
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    EXPECT_EQ(status, 0) << text.str();
    return text.str();
  }
};

TEST_F(GnuCpioTest, ListsNamesAndEnds) {
  EXPECT_EQ(Run(SmallArchive(), "cpio -t --quiet"), "d\nd/file\n");
}

TEST_F(GnuCpioTest, UnpacksHardLinksDataAndModes) {
  StringSink sink;
  NewcWriter cpio(sink);
  ASSERT_THAT(cpio.Add({.name = "d", .mode = S_IFDIR | 0750}), IsOk());
  auto ino =
      cpio.Begin({.name = "d/a", .mode = S_IFREG | 0640, .mtime = 86400, .size = 3, .links = 2});
  ASSERT_THAT(ino, IsOk());
  ASSERT_THAT(cpio.Data("abc"), IsOk());
  ASSERT_THAT(
      cpio.Add({.name = "d/b", .mode = S_IFREG | 0640, .mtime = 86400, .links = 2, .ino = *ino}),
      IsOk());
  ASSERT_THAT(cpio.Add({.name = "link", .mode = S_IFLNK | 0777}, "d/a"), IsOk());
  ASSERT_THAT(cpio.Add({.name = "pipe", .mode = S_IFIFO | 0600}), IsOk());
  ASSERT_THAT(cpio.Trailer(), IsOk());
  const std::string directory = testing::TempDir() + "/unpacked";
  EXPECT_EQ(Run(sink.data(), absl::StrCat("mkdir ", directory, " && cd ", directory,
                                          " && cpio -i --quiet -m --no-preserve-owner && stat -c "
                                          "'%n %A %h' d d/a d/b pipe && cat d/b && readlink link "
                                          "&& stat -c %Y d/b")),
            "d drwxr-x--- 2\nd/a -rw-r----- 2\nd/b -rw-r----- 2\npipe prw------- 1\nabc"
            "d/a\n86400\n");
}

}  // namespace
}  // namespace linuxkit
