#include "tools/mkdisk/disk_image.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/extent_reader.h"
#include "tools/disk/image_view.h"
#include "tools/disk/testing.h"
#include "tools/fat/validate_fat.h"
#include "tools/gpt/validate_gpt.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::_;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr uint64_t kMib = 1 << 20;

// Files that look like GRUB's.
GrubBoot FakeGrub() {
  std::string boot(512, 'B');
  boot.replace(0x66, 2, "\xeb\x05");
  boot.replace(510, 2, "\x55\xaa");
  std::string core(1300, 'C');
  core.replace(500, 12, std::string("\2\0\0\0\0\0\0\0\0\0\x20\x08", 12));
  return {.boot = TestFile("boot.img", boot), .core = TestFile("core.img", core)};
}

DiskOptions WithFile() {
  DiskOptions options;
  options.files = {{"EFI/BOOT/BOOTX64.EFI", Content::OfBytes("loader")}};
  return options;
}

DiskOptions WithGrub(PartitionTable table) {
  DiskOptions options = WithFile();
  options.table = table;
  options.grub = FakeGrub();
  return options;
}

std::string Make(DiskOptions options) {
  const auto disk = MakeDiskImage(std::move(options));
  EXPECT_THAT(disk, IsOk());
  const auto path = WriteTestImage("disk", *disk);
  EXPECT_THAT(path, IsOk());
  return *path;
}

std::string ErrorOf(DiskOptions options) {
  return std::string(MakeDiskImage(std::move(options)).status().message());
}

// The validators of the GPT and of the FAT at 1 MiB.
void ExpectValid(const std::string& path, uint64_t boot_size, bool is_gpt) {
  const auto file = InputFile::Open(path);
  ASSERT_THAT(file, IsOk());
  const ImageView disk(*file);
  if (is_gpt) {
    EXPECT_THAT(ValidateGpt(disk), IsOk());
  }
  EXPECT_THAT(ValidateFat(ImageView(*file, kMib, boot_size)), IsOk());
}

TEST(DiskImageTest, GptForUefi) {
  const std::string path = Make(WithFile());
  ExpectValid(path, 64 * kMib, /*is_gpt=*/true);
  EXPECT_THAT(OutputOf("sgdisk -v " + path), HasSubstr("No problems found"));
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              AllOf(HasSubstr("Disk " + path + ": 135168 sectors, 66.0 MiB"),
                    ContainsRegex("\n   1 +2048 +133119 +64.0 MiB +EF00  EFI System Partition")));
}

TEST(DiskImageTest, GptForBoth) {
  const std::string path = Make(WithGrub(PartitionTable::kGpt));
  ExpectValid(path, 64 * kMib, /*is_gpt=*/true);
  EXPECT_THAT(OutputOf("sgdisk -v " + path), HasSubstr("No problems found"));
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              AllOf(ContainsRegex("\n   1 +2048 +133119 +64.0 MiB +EF00"),
                    ContainsRegex("\n   2 +34 +2047 +1007.0 KiB +EF02  BIOS boot")));
}

TEST(DiskImageTest, MbrForBios) {
  const std::string path = Make(WithGrub(PartitionTable::kMbr));
  ExpectValid(path, 64 * kMib, /*is_gpt=*/false);
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              AllOf(HasSubstr("Found invalid GPT and valid MBR"),
                    ContainsRegex("\n   1 +2048 +133119 +64.0 MiB +0700  Microsoft basic data")));
}

// Where boot.img finds core.img, and its first sector the rest.
TEST(DiskImageTest, GrubKnowsItsSectors) {
  const auto gpt = ReadFile(Make(WithGrub(PartitionTable::kGpt)), 100 * kMib);
  ASSERT_THAT(gpt, IsOk());
  EXPECT_EQ(gpt->substr(0x5c, 12), std::string("\x22\0\0\0\0\0\0\0BB\x90\x90", 12));
  EXPECT_EQ(gpt->substr(35 * 512 - 12, 12), std::string("\x23\0\0\0\0\0\0\0\2\0\x20\x08", 12));
  EXPECT_EQ(gpt->substr(35 * 512, 3), "CCC");
  const auto mbr = ReadFile(Make(WithGrub(PartitionTable::kMbr)), 100 * kMib);
  ASSERT_THAT(mbr, IsOk());
  EXPECT_EQ(mbr->substr(0x5c, 8), std::string("\1\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(mbr->substr(2 * 512 - 12, 12), std::string("\2\0\0\0\0\0\0\0\2\0\x20\x08", 12));
}

TEST(DiskImageTest, BootPartitionGrowsWithItsFiles) {
  DiskOptions options = WithFile();
  options.files.push_back({"big", Content::OfBytes(std::string(80 * kMib, 'x'))});
  const std::string path = Make(std::move(options));
  EXPECT_THAT(OutputOf("sgdisk -p " + path), ContainsRegex("\n   1 +2048 +167935 +81.0 MiB"));
  ExpectValid(path, 81 * kMib, /*is_gpt=*/true);
}

TEST(DiskImageTest, BootPartitionTakesWhatIsLeft) {
  DiskOptions options = WithFile();
  options.size = 200 * kMib;
  const std::string path = Make(std::move(options));
  EXPECT_THAT(OutputOf("sgdisk -p " + path), ContainsRegex("\n   1 +2048 +407551 +198.0 MiB"));
  ExpectValid(path, 198 * kMib, /*is_gpt=*/true);
}

TEST(DiskImageTest, DataPartitions) {
  DiskOptions options = WithFile();
  options.size = 300 * kMib;
  options.data.push_back(
      {.name = "image", .content = Content::OfBytes("ext4?"), .size = 10 * kMib});
  options.data.push_back({.name = "data"});
  const std::string path = Make(std::move(options));
  EXPECT_THAT(OutputOf("sgdisk -v " + path), HasSubstr("No problems found"));
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              AllOf(ContainsRegex("\n   1 +2048 +133119 +64.0 MiB +EF00"),
                    ContainsRegex("\n   2 +133120 +153599 +10.0 MiB +8300  image"),
                    ContainsRegex("\n   3 +153600 +612351 +224.0 MiB +8300  data")));
  const auto file = InputFile::Open(path);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(ImageView(*file).Read("data", 65 * kMib, 5), IsOkAndHolds("ext4?"));
  EXPECT_THAT(ValidateFat(ImageView(*file, 75 * kMib, 224 * kMib)), IsOk());
}

TEST(DiskImageTest, DataPartitionsOfAnMbr) {
  DiskOptions options = WithGrub(PartitionTable::kMbr);
  options.data = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
  EXPECT_THAT(OutputOf("sgdisk -p " + Make(options)),
              ContainsRegex("\n   4 +395264 +526335 +64.0 MiB +8300  Linux filesystem"));
  options.data.push_back({.name = "d"});
  EXPECT_EQ(ErrorOf(options),
            "there are 4 data partitions; an MBR disk has room for 3. Take a GPT disk for more");
}

// A partition with content is as large as that, one without has 64 MiB.
TEST(DiskImageTest, SizesOfDataPartitions) {
  DiskOptions options = WithFile();
  options.data = {{.name = "image", .content = Content::OfBytes("ext4?")},
                  {.name = "empty"},
                  {.name = "part", .size = 5 * kMib + 1}};
  const std::string path = Make(std::move(options));
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              AllOf(ContainsRegex("\n   2 +133120 +135167 +1024.0 KiB +8300  image"),
                    ContainsRegex("\n   3 +135168 +266239 +64.0 MiB +8300  empty"),
                    ContainsRegex("\n   4 +266240 +278527 +6.0 MiB +8300  part")));
}

TEST(DiskImageTest, ContentFillsItsPartition) {
  DiskOptions options = WithFile();
  options.data = {
      {.name = "image", .content = Content::OfBytes(std::string(kMib, 'x')), .size = kMib}};
  const std::string path = Make(std::move(options));
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              ContainsRegex("\n   2 +133120 +135167 +1024.0 KiB +8300  image"));
}

TEST(DiskImageTest, ZerosOfContentAreHoles) {
  DiskOptions options = WithFile();
  options.data = {{.name = "image", .content = Content::OfBytes(std::string(kMib, '\0') + "x")}};
  const auto disk = MakeDiskImage(std::move(options));
  ASSERT_THAT(disk, IsOk());
  const auto behind = disk->FirstBehind(65 * kMib);
  ASSERT_NE(behind, disk->pieces().end());
  EXPECT_EQ(behind->first, 66 * kMib);
}

TEST(DiskImageTest, PartitionsOfAGivenSizeDoNotGrow) {
  DiskOptions options = WithFile();
  options.size = 200 * kMib;
  options.boot_size = 69 * kMib + 1;
  std::string path = Make(options);
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              AllOf(HasSubstr(": 409600 sectors, 200.0 MiB"),
                    ContainsRegex("\n   1 +2048 +145407 +70.0 MiB +EF00")));
  options.data = {{.name = "data", .size = 10 * kMib}};
  path = Make(options);
  EXPECT_THAT(OutputOf("sgdisk -p " + path),
              ContainsRegex("\n   2 +145408 +165887 +10.0 MiB +8300  data"));
}

TEST(DiskImageTest, SizeSuffices) {
  DiskOptions options = WithFile();
  options.size = 66 * kMib;
  ExpectValid(Make(std::move(options)), 64 * kMib, /*is_gpt=*/true);
}

// Whatever the files take, the partition that is chosen for them has room: FAT32 has larger tables.
TEST(DiskImageTest, BootPartitionHasRoomForItsTables) {
  for (uint64_t i = 0; i < 16; ++i) {
    const std::string path = TestFile("sparse", "");
    ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(300 * kMib + i * (kMib / 16))), 0);
    DiskOptions options = WithFile();
    options.files.push_back({"big", *Content::OfFile(path)});
    EXPECT_THAT(MakeDiskImage(std::move(options)), IsOk()) << i;
  }
}

TEST(DiskImageTest, FileSystemsKnowWhereTheyAre) {
  DiskOptions options = WithFile();
  options.data = {{.name = "data"}};
  const std::string path = Make(std::move(options));
  EXPECT_THAT(OutputOf(absl::StrCat("MTOOLSRC=/dev/null minfo -i ", path, "@@1M ::")),
              HasSubstr("\nhidden sectors: 2048\n"));
  EXPECT_THAT(OutputOf(absl::StrCat("MTOOLSRC=/dev/null minfo -i ", path, "@@65M ::")),
              HasSubstr("\nhidden sectors: 133120\n"));
}

TEST(DiskImageTest, TimeIsThatOfEveryVolume) {
  DiskOptions options = WithFile();
  options.data = {{.name = "data"}};
  options.time = 1492533000;
  const auto disk = MakeDiskImage(options);
  options.time = 0;
  const auto other = MakeDiskImage(options);
  // The root directories, which have the labels.
  for (const uint64_t offset : {kMib, 65 * kMib}) {
    std::string bytes(kMib, '\0'), other_bytes(kMib, '\0');
    ASSERT_THAT(ExtentReader(*disk).Read(offset + 4096, absl::MakeSpan(bytes)), IsOk());
    ASSERT_THAT(ExtentReader(*other).Read(offset + 4096, absl::MakeSpan(other_bytes)), IsOk());
    EXPECT_FALSE(bytes == other_bytes) << offset;
  }
}

// A BIOS starts the active partition, and the disk's number tells disks apart.
TEST(DiskImageTest, TableOfAnMbr) {
  DiskOptions options = WithGrub(PartitionTable::kMbr);
  options.data = {{.name = "a", .size = 10 * kMib}};
  options.size = 200 * kMib;
  const auto table = [&]() {
    const auto disk = MakeDiskImage(options);
    EXPECT_THAT(disk, IsOk());
    EXPECT_EQ(disk->size(), 200 * kMib);
    std::string bytes(512, '\0');
    EXPECT_THAT(ExtentReader(*disk).Read(0, absl::MakeSpan(bytes)), IsOk());
    return bytes;
  };
  const std::string mbr = table();
  EXPECT_EQ(mbr[446], '\x80');
  EXPECT_EQ(mbr[446 + 16], '\0');
  EXPECT_NE(mbr.substr(440, 4), std::string(4, '\0'));
  options.label = "OTHER";
  EXPECT_NE(table().substr(440, 4), mbr.substr(440, 4));
}

TEST(DiskImageTest, SizeTooSmall) {
  DiskOptions options = WithFile();
  options.size = 65 * kMib;
  EXPECT_EQ(ErrorOf(options),
            "the disk has a size of 68157440 bytes; its partitions need 69206016");
  options.size = 100;
  EXPECT_EQ(ErrorOf(options), "the disk's size of 100 bytes is no multiple of 1048576");
}

TEST(DiskImageTest, SizeIsRoundedUpToItsUnit) {
  DiskOptions options = WithFile();
  options.size_unit = 1024 * kMib;
  const std::string path = Make(options);
  EXPECT_THAT(OutputOf("sgdisk -v " + path), HasSubstr("No problems found"));
  EXPECT_THAT(OutputOf("sgdisk -p " + path), HasSubstr(": 2097152 sectors, 1024.0 MiB"));
  options.size = 100 * kMib;
  EXPECT_EQ(ErrorOf(options), "the disk's size of 104857600 bytes is no multiple of 1073741824");
}

TEST(DiskImageTest, BootPartitionTooSmall) {
  DiskOptions options = WithFile();
  options.boot_size = 40 * kMib;
  options.files.push_back({"big", Content::OfBytes(std::string(41 * kMib, 'x'))});
  EXPECT_THAT(ErrorOf(options), testing::StartsWith("partition \"boot\": "));
}

TEST(DiskImageTest, DataLargerThanItsPartition) {
  DiskOptions options = WithFile();
  options.data = {{.name = "data", .content = Content::OfBytes("four"), .size = 3}};
  EXPECT_EQ(ErrorOf(options), "partition \"data\" has a size of 3 bytes; its content takes 4");
}

TEST(DiskImageTest, MbrWithoutBootProgram) {
  DiskOptions options = WithFile();
  options.table = PartitionTable::kMbr;
  EXPECT_EQ(ErrorOf(options), "an MBR disk needs a boot program for the BIOS");
}

TEST(DiskImageTest, NotGrub) {
  DiskOptions options = WithGrub(PartitionTable::kGpt);
  options.grub->boot = TestFile("other.img", std::string(512, 'x'));
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(TestPath("other.img"),
                         " is not GRUB's boot.img: expected 512 bytes with eb 05 at byte 102"));
  options.grub->boot = TestFile("other.img", ReadFile(FakeGrub().boot)->substr(0, 400));
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(TestPath("other.img"),
                         " is not GRUB's boot.img: expected 512 bytes with eb 05 at byte 102"));
  options = WithGrub(PartitionTable::kGpt);
  options.grub->core = TestFile("other.img", std::string(513, 'x'));
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(TestPath("other.img"),
                         " has 0x7878 at byte 510; expected 0x820 as in GRUB's core.img. Make it "
                         "with grub-mkimage -O i386-pc"));
  options.grub->core = TestFile("other.img", std::string(512, 'x'));
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(TestPath("other.img"),
                         " has 512 bytes; GRUB's core.img has more than 512. Make it with "
                         "grub-mkimage -O i386-pc"));
}

TEST(DiskImageTest, CoreTooLarge) {
  DiskOptions options = WithGrub(PartitionTable::kMbr);
  std::string core = *ReadFile(options.grub->core);
  core.resize((512 << 10) + 1);
  options.grub->core = TestFile("core.img", core);
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(TestPath("core.img"), " has 524289 bytes; expected at most 524288"));
}

TEST(DiskImageTest, IdentifiersComeFromTheContent) {
  DiskOptions options = WithGrub(PartitionTable::kGpt);
  const auto disk = MakeDiskImage(options);
  ASSERT_THAT(disk, IsOk());
  EXPECT_EQ(MakeDiskImage(options)->Fingerprint(), disk->Fingerprint());
  options.label = "OTHER";
  EXPECT_NE(MakeDiskImage(options)->Fingerprint(), disk->Fingerprint());
}

}  // namespace
}  // namespace linuxkit
