// The judges of our VHD files are qemu-img and 7-Zip, which compare them with the raw disk.
#include "tools/vmdisk/vhd.h"

#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/fields.h"
#include "tools/disk/testing.h"
#include "tools/vmdisk/disk_cases.h"
#include "tools/vmdisk/vhd_format.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::HasSubstr;

constexpr uint64_t kMiB = 1 << 20;

using Writer = absl::Status(const Extents&, OutputFile&);

absl::StatusOr<std::string> WriteTestVhd(Writer write, const Extents& disk) {
  return WriteTestFile("disk.vhd", [&](OutputFile& output) { return write(disk, output); });
}

void ExpectOthersFindTheDisk(const std::string& vhd, const Extents& disk) {
  const auto raw = WriteTestImage("disk.raw", disk);
  ASSERT_THAT(raw, IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("qemu-img compare -f raw -F vpc ", *raw, " ", vhd)),
            "Images are identical.\n");
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f vpc --output=json ", vhd)),
              HasSubstr(absl::StrCat("\"virtual-size\": ", disk.size(), ",")));
  EXPECT_EQ(SevenZipDifference("VHD", vhd, *raw), "");
}

class VhdTest : public ::testing::TestWithParam<DiskCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, VhdTest, ::testing::ValuesIn(DiskCases()),
                         ::testing::PrintToStringParamName());

TEST_P(VhdTest, OthersFindTheFixedDisk) {
  Extents disk = GetParam().disk;
  disk.set_size(RoundUp(disk.size(), kFixedVhdUnit));
  const auto vhd = WriteTestVhd(WriteFixedVhd, disk);
  ASSERT_THAT(vhd, IsOk());
  ExpectOthersFindTheDisk(*vhd, disk);
}

TEST_P(VhdTest, OthersFindTheDynamicDisk) {
  const auto vhd = WriteTestVhd(WriteDynamicVhd, GetParam().disk);
  ASSERT_THAT(vhd, IsOk());
  ExpectOthersFindTheDisk(*vhd, GetParam().disk);
}

Extents TinyDisk(uint64_t size) {
  Extents disk;
  EXPECT_THAT(disk.Add(1, Content::OfBytes("first block")), IsOk());
  EXPECT_THAT(disk.Add(6 * kMiB - 5, Content::OfBytes("two blocks")), IsOk());
  disk.set_size(size);
  return disk;
}

TEST(VhdLayoutTest, GoldenBytesOfAFixedDisk) {
  const auto path = WriteTestVhd(WriteFixedVhd, TinyDisk(7 * kMiB));
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/fixed_vhd.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(*path).value())));
}

TEST(VhdLayoutTest, GoldenBytesOfADynamicDisk) {
  const auto path = WriteTestVhd(WriteDynamicVhd, TinyDisk(9 * kMiB));
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/dynamic_vhd.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(*path).value())));
}

TEST(VhdLayoutTest, HolesAreNotAllocated) {
  const auto path = WriteTestVhd(WriteDynamicVhd, TinyDisk(2048 * kMiB));
  ASSERT_THAT(path, IsOk());
  // Footers, header and table; blocks 0, 2 and 3.
  EXPECT_EQ(InputFile::Open(*path)->size(), 2 * 512 + 1024 + 4096 + 3 * (512 + 2 * kMiB));
}

TEST(VhdLayoutTest, SameBytesAgain) {
  for (Writer* const write : {WriteFixedVhd, WriteDynamicVhd}) {
    const std::string first = ReadFile(*WriteTestVhd(write, TinyDisk(8 * kMiB))).value();
    EXPECT_EQ(ReadFile(*WriteTestVhd(write, TinyDisk(8 * kMiB))).value(), first);
    EXPECT_NE(ReadFile(*WriteTestVhd(write, TinyDisk(9 * kMiB))).value(), first);
  }
}

// Each line of the specification's appendix, on both sides of where it ends.
TEST(VhdGeometryTest, CylindersHeadsSectors) {
  struct Case {
    uint64_t sectors;
    int cylinders, heads, sectors_per_track;
  };
  for (const Case& c : std::vector<Case>{{1, 0, 4, 17},
                                         {16384, 240, 4, 17},
                                         {4 * 1024 * 17 - 1, 1023, 4, 17},
                                         {4 * 1024 * 17, 140, 16, 31},
                                         {4 * 1024 * 17 + 17, 819, 5, 17},
                                         {16 * 1024 * 17 - 1, 1023, 16, 17},
                                         {16 * 1024 * 17, 561, 16, 31},
                                         {16 * 1024 * 31 - 1, 1023, 16, 31},
                                         {16 * 1024 * 31, 503, 16, 63},
                                         {65535ull * 16 * 63 - 1, 65534, 16, 63},
                                         {65535ull * 16 * 63, 16191, 16, 255},
                                         {65535ull * 16 * 255, 65535, 16, 255},
                                         {65535ull * 16 * 255 * 10, 65535, 16, 255}}) {
    const VhdGeometry geometry = VhdGeometryOf(c.sectors * 512);
    EXPECT_EQ(std::tuple(geometry.cylinders, geometry.heads, geometry.sectors),
              std::tuple(c.cylinders, c.heads, c.sectors_per_track))
        << c.sectors;
  }
}

std::string ErrorAtSize(Writer write, uint64_t size) {
  Extents disk;
  disk.set_size(size);
  return std::string(WriteTestVhd(write, disk).status().message());
}

TEST(VhdLimitsTest, FixedDisksAreOfWholeMiB) {
  EXPECT_EQ(ErrorAtSize(WriteFixedVhd, 0),
            "a fixed VHD cannot hold a disk of 0 bytes; expected a multiple of 1048576 from "
            "1048576 to 2190433320960. Change the disk's size.");
  EXPECT_EQ(ErrorAtSize(WriteFixedVhd, kMiB + 512),
            "a fixed VHD cannot hold a disk of 1049088 bytes; expected a multiple of 1048576 from "
            "1048576 to 2190433320960. Change the disk's size.");
}

TEST(VhdLimitsTest, DynamicDisksAreOfWholeSectors) {
  EXPECT_EQ(ErrorAtSize(WriteDynamicVhd, 1000),
            "a dynamic VHD cannot hold a disk of 1000 bytes; expected a multiple of 512 from 512 "
            "to 2190433320960. Change the disk's size.");
}

TEST(VhdLimitsTest, LargestDisks) {
  constexpr uint64_t kLargest = 2040 * 1024 * kMiB;
  for (Writer* const write : {WriteFixedVhd, WriteDynamicVhd}) {
    EXPECT_EQ(ErrorAtSize(write, kLargest), "");
    EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f vpc --output=json ", TestPath("disk.vhd"))),
                HasSubstr(absl::StrCat("\"virtual-size\": ", kLargest, ",")));
    EXPECT_THAT(ErrorAtSize(write, kLargest + kMiB),
                HasSubstr("cannot hold a disk of 2190434369536 bytes; expected a multiple of"));
  }
}

}  // namespace
}  // namespace linuxkit
