// The judges of our VDI files are qemu-img, which checks them and compares them with the raw disk,
// and 7-Zip.
#include "tools/vmdisk/vdi.h"

#include <string>

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

absl::StatusOr<std::string> WriteTestVdi(std::string_view name, const Extents& disk) {
  return WriteTestFile(name, [&](OutputFile& output) { return WriteVdi(disk, output); });
}

class VdiTest : public ::testing::TestWithParam<DiskCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, VdiTest, ::testing::ValuesIn(DiskCases()),
                         ::testing::PrintToStringParamName());

TEST_P(VdiTest, OthersFindTheDisk) {
  const auto raw = WriteTestImage("disk.raw", GetParam().disk);
  const auto vdi = WriteTestVdi("disk.vdi", GetParam().disk);
  ASSERT_THAT(raw, IsOk());
  ASSERT_THAT(vdi, IsOk());
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img check -f vdi ", *vdi)),
              StartsWith("No errors were found on the image.\n"));
  EXPECT_EQ(OutputOf(absl::StrCat("qemu-img compare -f raw -F vdi ", *raw, " ", *vdi)),
            "Images are identical.\n");
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f vdi --output=json ", *vdi)),
              HasSubstr(absl::StrCat("\"virtual-size\": ", GetParam().disk.size(), ",")));
  EXPECT_EQ(SevenZipDifference("VDI", *vdi, *raw), "");
}

Extents TinyDisk() {
  Extents disk;
  EXPECT_THAT(disk.Add(1, Content::OfBytes("first block")), IsOk());
  EXPECT_THAT(disk.Add((3 << 20) - 5, Content::OfBytes("two blocks")), IsOk());
  disk.set_size(5 << 20);
  return disk;
}

TEST(VdiLayoutTest, GoldenBytes) {
  const auto path = WriteTestVdi("disk.vdi", TinyDisk());
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/vdi.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(*path).value())));
}

TEST(VdiLayoutTest, HolesAreNotAllocated) {
  Extents disk = TinyDisk();
  disk.set_size(uint64_t{100} << 30);
  const auto path = WriteTestVdi("disk.vdi", disk);
  ASSERT_THAT(path, IsOk());
  // Header and map; blocks 0, 2 and 3.
  EXPECT_EQ(InputFile::Open(*path)->size(), uint64_t{1 + 3} << 20);
}

std::string Identifiers(const Extents& disk) {
  const auto path = WriteTestVdi("identifiers", disk);
  EXPECT_THAT(path, IsOk());
  return ReadFile(*path)->substr(392, 32);
}

TEST(VdiLayoutTest, IdentifiersFollowTheDisk) {
  Extents larger = TinyDisk();
  larger.set_size(6 << 20);
  const std::string identifiers = Identifiers(TinyDisk());
  EXPECT_EQ(Identifiers(TinyDisk()), identifiers);
  EXPECT_NE(Identifiers(larger), identifiers);
  EXPECT_NE(identifiers.substr(0, 16), identifiers.substr(16));
}

std::string ErrorAtSize(uint64_t size) {
  Extents disk;
  disk.set_size(size);
  return std::string(WriteTestVdi("disk.vdi", disk).status().message());
}

TEST(VdiLimitsTest, Size) {
  EXPECT_EQ(ErrorAtSize(0),
            "a VDI image cannot hold a disk of 0 bytes; expected a multiple of 512 from 512 to "
            "562949952372736. Change the disk's size.");
  EXPECT_EQ(ErrorAtSize(1000),
            "a VDI image cannot hold a disk of 1000 bytes; expected a multiple of 512 from 512 to "
            "562949952372736. Change the disk's size.");
  EXPECT_EQ(ErrorAtSize(uint64_t{512} << 40),
            "a VDI image cannot hold a disk of 562949953421312 bytes; expected a multiple of 512 "
            "from 512 to 562949952372736. Change the disk's size.");
}

TEST(VdiLimitsTest, InputThatChanged) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "short"), IsOk());
  Extents disk;
  ASSERT_THAT(disk.Add(0, *Content::OfFile(input)), IsOk());
  disk.set_size(512);
  ASSERT_THAT(WriteFile(input, "longer"), IsOk());
  EXPECT_THAT(WriteTestVdi("disk.vdi", disk),
              StatusIs(_, input + " changed while the image was made: it has 6 bytes; expected 5"));
  EXPECT_THAT(InputFile::Open(TestPath("disk.vdi")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace linuxkit
