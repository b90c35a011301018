// The judges of our VMDK files are qemu-img, which checks them and compares them with the raw
// disk, and 7-Zip.
#include "tools/vmdisk/vmdk.h"

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
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<std::string> WriteTestVmdk(const Extents& disk, const VmdkOptions& options = {},
                                          std::string_view name = "disk.vmdk") {
  return WriteTestFile(name, [&](OutputFile& output) { return WriteVmdk(disk, options, output); });
}

class VmdkTest : public ::testing::TestWithParam<DiskCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, VmdkTest, ::testing::ValuesIn(DiskCases()),
                         ::testing::PrintToStringParamName());

TEST_P(VmdkTest, OthersFindTheDisk) {
  Extents disk = GetParam().disk;
  constexpr uint64_t kGrain = 65536;
  disk.set_size((disk.size() + kGrain - 1) / kGrain * kGrain);
  const auto raw = WriteTestImage("disk.raw", disk);
  const auto vmdk = WriteTestVmdk(GetParam().disk, {.threads = 2});
  ASSERT_THAT(raw, IsOk());
  ASSERT_THAT(vmdk, IsOk());
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img check -f vmdk ", *vmdk)),
              StartsWith("No errors were found on the image.\n"));
  EXPECT_EQ(OutputOf(absl::StrCat("qemu-img compare -f raw -F vmdk ", *raw, " ", *vmdk)),
            "Images are identical.\n");
  EXPECT_EQ(SevenZipDifference("VMDK", *vmdk, *raw), "");
}

TEST_P(VmdkTest, ThreadsDoNotMatter) {
  const auto one = WriteTestVmdk(GetParam().disk, {.threads = 1}, "one");
  const auto four = WriteTestVmdk(GetParam().disk, {.threads = 4}, "four");
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(four, IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", *one, " ", *four)), "");
}

Extents TinyDisk() {
  Extents disk;
  EXPECT_THAT(disk.Add(1, Content::OfBytes("first grain")), IsOk());
  EXPECT_THAT(disk.Add(2 << 20, Content::OfBytes("grain 32")), IsOk());
  EXPECT_THAT(disk.Add((34 << 20) - 3, Content::OfBytes("end")), IsOk());
  return disk;
}

TEST(VmdkLayoutTest, GoldenBytes) {
  const auto path = WriteTestVmdk(TinyDisk(), {.name = "tiny.vmdk"});
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/vmdk.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(*path).value())));
}

TEST(VmdkLayoutTest, QemuReadsTheDescriptor) {
  const auto path = WriteTestVmdk(TinyDisk());
  ASSERT_THAT(path, IsOk());
  const std::string info = OutputOf(absl::StrCat("qemu-img info -f vmdk --output=json ", *path));
  EXPECT_THAT(info, HasSubstr("\"virtual-size\": 35651584,"));
  EXPECT_THAT(info, HasSubstr("\"create-type\": \"streamOptimized\""));
  EXPECT_THAT(info, HasSubstr("\"compressed\": true"));
}

uint64_t SizeOf(const std::string& path) { return InputFile::Open(path).value().size(); }

// Header, descriptor; directory with its marker, footer with its marker, end.
constexpr uint64_t kEmptySectors = 128 + 2 + 2 + 1;

TEST(VmdkLayoutTest, HolesAndZerosAreNotAllocated) {
  Extents disk;
  ASSERT_THAT(disk.Add(1 << 20, Content::OfBytes(std::string(1 << 20, '\0'))), IsOk());
  disk.set_size(uint64_t{4} << 30);
  const auto path = WriteTestVmdk(disk);
  ASSERT_THAT(path, IsOk());
  EXPECT_EQ(SizeOf(*path), kEmptySectors * 512);
}

TEST(VmdkLayoutTest, GrainsThatDoNotCompress) {
  Extents disk;
  ASSERT_THAT(disk.Add(0, Content::OfBytes(Noise(1 << 20, 1))), IsOk());
  const auto path = WriteTestVmdk(disk);
  ASSERT_THAT(path, IsOk());
  // 16 grains of one sector more than their bytes; the table with its marker.
  EXPECT_EQ(SizeOf(*path), (kEmptySectors + 16 * 129 + 5) * 512);
}

TEST(VmdkLayoutTest, LevelCounts) {
  Extents disk;
  std::string text;
  while (text.size() < 1 << 20) absl::StrAppend(&text, text.size() * text.size(), "\n");
  ASSERT_THAT(disk.Add(0, Content::OfBytes(text)), IsOk());
  const auto fast = WriteTestVmdk(disk, {.level = 1}, "fast");
  const auto small = WriteTestVmdk(disk, {.level = 9}, "small");
  ASSERT_THAT(fast, IsOk());
  ASSERT_THAT(small, IsOk());
  EXPECT_LT(SizeOf(*small), SizeOf(*fast));
  const auto usual = WriteTestVmdk(disk, {}, "usual");
  const auto six = WriteTestVmdk(disk, {.level = 6}, "six");
  const auto five = WriteTestVmdk(disk, {.level = 5}, "five");
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", *usual, " ", *six)), "");
  EXPECT_NE(OutputOf(absl::StrCat("cmp ", *usual, " ", *five)), "");
}

std::string DescriptorOf(const std::string& path) {
  return OutputOf(absl::StrCat("head -c 11264 ", path, " | tail -c +513 | tr -d '\\0'"));
}

// The highest bit would give two numbers a meaning of their own.
TEST(VmdkLayoutTest, ContentIdsHave31Bits) {
  for (uint64_t sectors = 1; sectors <= 16; ++sectors) {
    Extents disk;
    disk.set_size(sectors * 512);
    const auto path = WriteTestVmdk(disk);
    ASSERT_THAT(path, IsOk());
    EXPECT_THAT(DescriptorOf(*path), ContainsRegex("\nCID=[0-7][0-9a-f]{7}\n"));
  }
}

TEST(VmdkLayoutTest, LargestDisk) {
  Extents disk;
  disk.set_size(uint64_t{62} << 40);
  const auto path = WriteTestVmdk(disk);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f vmdk --output=json ", *path)),
              HasSubstr("\"virtual-size\": 68169720922112,"));
  EXPECT_THAT(DescriptorOf(*path), HasSubstr("ddb.geometry.cylinders = \"65535\"\n"));
}

TEST(VmdkLayoutTest, UnknownLevel) {
  EXPECT_THAT(WriteTestVmdk(TinyDisk(), {.level = 10}),
              StatusIs(_, "VMDK level 10 does not exist; expected 1 to 9, or 0 for 6"));
}

TEST(VmdkLayoutTest, TooLarge) {
  Extents disk;
  disk.set_size((uint64_t{62} << 40) + 1);
  EXPECT_THAT(WriteTestVmdk(disk),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a VMDK cannot hold a disk of 68169720922113 bytes; "
                       "expected 1 to 68169720922112. Change the disk's size."));
}

TEST(VmdkLayoutTest, TooMuchData) {
  Extents disk;
  const auto file = SparseFile("data", uint64_t{2} << 40);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(disk.Add(0, *file), IsOk());
  EXPECT_THAT(WriteTestVmdk(disk),
              StatusIs(_,
                       "the disk's data may take 4496293888 sectors of 512 bytes in a VMDK; "
                       "expected at most 4294967167"));
  Extents shifted;
  ASSERT_THAT(shifted.Add(65535, *file), IsOk());
  EXPECT_THAT(WriteTestVmdk(shifted),
              StatusIs(_,
                       "the disk's data may take 4496294022 sectors of 512 bytes in a VMDK; "
                       "expected at most 4294967167"));
}

TEST(VmdkLayoutTest, Names) {
  EXPECT_THAT(WriteTestVmdk(TinyDisk(), {.name = "a\"b"}),
              StatusIs(_,
                       "\"a\\\"b\" cannot be the name of a virtual disk; expected 1 to 90 letters, "
                       "digits and . _ - + that do not begin with a dot"));
  EXPECT_THAT(WriteTestVmdk(TinyDisk(), {.name = std::string(91, 'n')}),
              StatusIs(_, HasSubstr("expected 1 to 90 letters")));
  EXPECT_THAT(WriteTestVmdk(TinyDisk(), {.name = std::string(90, 'n')}), IsOk());
  EXPECT_THAT(WriteTestVmdk(TinyDisk(), {.name = "A-1_b+c.vmdk"}), IsOk());
  for (const std::string name : {"", ".hidden", "a/b", "a b"}) {
    EXPECT_THAT(WriteTestVmdk(TinyDisk(), {.name = name}),
                StatusIs(_, HasSubstr("cannot be the name of a virtual disk")))
        << name;
  }
}

TEST(VmdkLayoutTest, InputThatBecameShorter) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "before"), IsOk());
  Extents disk;
  ASSERT_THAT(disk.Add(0, *Content::OfFile(input)), IsOk());
  ASSERT_THAT(WriteFile(input, "after"), IsOk());
  EXPECT_THAT(WriteTestVmdk(disk),
              StatusIs(_, input + " changed while the image was made: it has 5 bytes; expected 6"));
}

}  // namespace
}  // namespace linuxkit
