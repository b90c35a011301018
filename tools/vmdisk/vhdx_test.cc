// The judges of our VHDX files are qemu-img, which checks them and compares them with the raw
// disk, and 7-Zip.
#include "tools/vmdisk/vhdx.h"

#include <string>
#include <utility>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/vmdisk/disk_cases.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<std::string> WriteTestVhdx(const Extents& disk) {
  return WriteTestFile("disk.vhdx", [&](OutputFile& output) { return WriteVhdx(disk, output); });
}

class VhdxTest : public ::testing::TestWithParam<DiskCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, VhdxTest, ::testing::ValuesIn(DiskCases()),
                         ::testing::PrintToStringParamName());

TEST_P(VhdxTest, OthersFindTheDisk) {
  const auto raw = WriteTestImage("disk.raw", GetParam().disk);
  const auto vhdx = WriteTestVhdx(GetParam().disk);
  ASSERT_THAT(raw, IsOk());
  ASSERT_THAT(vhdx, IsOk());
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img check -f vhdx ", *vhdx)),
              StartsWith("No errors were found on the image.\n"));
  EXPECT_EQ(OutputOf(absl::StrCat("qemu-img compare -f raw -F vhdx ", *raw, " ", *vhdx)),
            "Images are identical.\n");
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f vhdx --output=json ", *vhdx)),
              HasSubstr(absl::StrCat("\"virtual-size\": ", GetParam().disk.size(), ",")));
  // 7-Zip refuses other sizes, also in files that qemu-img made.
  if (GetParam().disk.size() % (1 << 20) != 0) return;
  EXPECT_EQ(SevenZipDifference("VHDX", *vhdx, *raw), "");
}

TEST_P(VhdxTest, SameBytesAgain) {
  const auto first =
      WriteTestFile("first", [](OutputFile& output) { return WriteVhdx(GetParam().disk, output); });
  const auto second = WriteTestVhdx(GetParam().disk);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", *first, " ", *second)), "");
}

Extents TinyDisk() {
  Extents disk;
  EXPECT_THAT(disk.Add(1, Content::OfBytes("first block")), IsOk());
  EXPECT_THAT(disk.Add((3 << 20) - 5, Content::OfBytes("two blocks")), IsOk());
  disk.set_size(6 << 20);
  return disk;
}

TEST(VhdxLayoutTest, GoldenBytes) {
  const auto path = WriteTestVhdx(TinyDisk());
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/vhdx.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(*path).value())));
}

uint64_t SizeOf(const std::string& path) { return InputFile::Open(path).value().size(); }

TEST(VhdxLayoutTest, HolesAreNotAllocated) {
  Extents disk = TinyDisk();
  disk.set_size(100 << 20);
  const auto path = WriteTestVhdx(disk);
  ASSERT_THAT(path, IsOk());
  // Headers, log, metadata and BAT; blocks 0, 2 and 3.
  EXPECT_EQ(SizeOf(*path), uint64_t{4 + 3} << 20);
}

TEST(VhdxLayoutTest, SizeIsRoundedUpToASector) {
  Extents disk;
  ASSERT_THAT(disk.Add(0, Content::OfBytes("x")), IsOk());
  const auto path = WriteTestVhdx(disk);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info --output=json ", *path)),
              HasSubstr("\"virtual-size\": 512,"));
}

// Blocks of 64 MiB, and 64 of them to a bitmap: a table of 8 MiB and 128 KiB more.
TEST(VhdxLayoutTest, LargestDisk) {
  Extents disk;
  ASSERT_THAT(disk.Add((uint64_t{64} << 40) - 3, Content::OfBytes("end")), IsOk());
  const auto path = WriteTestVhdx(disk);
  ASSERT_THAT(path, IsOk());
  EXPECT_EQ(SizeOf(*path), uint64_t{3 + 9 + 64} << 20);
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img check -f vhdx ", *path)),
              StartsWith("No errors were found on the image.\n"));
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-io -r -f vhdx -c 'read -P 101 ", (uint64_t{64} << 40) - 3,
                                    " 1' ", *path)),
              HasSubstr("read 1/1 bytes"));
}

// A million blocks of 1 MiB; behind that they are twice as large.
TEST(VhdxLayoutTest, SizeOfBlocks) {
  for (const auto& [size, block] :
       {std::pair(uint64_t{1} << 40, 1 << 20), std::pair((uint64_t{1} << 40) + 512, 2 << 20)}) {
    Extents disk;
    ASSERT_THAT(disk.Add(size - 1, Content::OfBytes("x")), IsOk());
    const auto path = WriteTestVhdx(disk);
    ASSERT_THAT(path, IsOk());
    EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f vhdx --output=json ", *path)),
                HasSubstr(absl::StrCat("\"cluster-size\": ", block, ",")));
  }
}

TEST(VhdxLayoutTest, TooLarge) {
  Extents disk;
  disk.set_size((uint64_t{64} << 40) + 1);
  EXPECT_THAT(WriteTestVhdx(disk),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a VHDX cannot hold a disk of 70368744177665 bytes; "
                       "expected 1 to 70368744177664. Change the disk's size."));
}

TEST(VhdxLayoutTest, NoBytes) {
  EXPECT_THAT(WriteTestVhdx({}), StatusIs(_,
                                          "a VHDX cannot hold a disk of 0 bytes; expected 1 to "
                                          "70368744177664. Change the disk's size."));
}

TEST(VhdxLayoutTest, InputThatChanged) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "before"), IsOk());
  Extents disk;
  ASSERT_THAT(disk.Add(0, *Content::OfFile(input)), IsOk());
  ASSERT_THAT(WriteFile(input, "after"), IsOk());
  EXPECT_THAT(WriteTestVhdx(disk),
              StatusIs(_, input + " changed while the image was made: it has 5 bytes; expected 6"));
}

}  // namespace
}  // namespace linuxkit
