// One broken image for each rule. Blocks of the hybrid image: 16 primary, 17 boot record, 18
// Joliet, 19 end, 20 to 23 path tables, 24 to 26 primary directories, 27 continuation area, 28 to
// 30 Joliet directories, 31 boot catalog, then files; 512 EFI system partition.
#include "tools/iso/validate_iso.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/iso/iso_image.h"
#include "tools/iso/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;

constexpr uint64_t kBlock = 2048;

class ValidateIsoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto iso = MakeIsoImage(HybridOptions());
    ASSERT_THAT(iso, IsOk());
    const auto path = WriteTestImage("iso", *iso);
    ASSERT_THAT(path, IsOk());
    path_ = *path;
    ASSERT_THAT(Validate(), IsOk());
  }
  absl::Status Validate() {
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path_));
    return ValidateIso(ImageView(file)).status();
  }
  std::string After(uint64_t offset, std::string_view bytes) {
    Overwrite(path_, offset, bytes);
    return std::string(Validate().message());
  }
  std::string Read(uint64_t offset, size_t size) {
    return ReadFile(path_).value().substr(offset, size);
  }

  std::string path_;
};

TEST_F(ValidateIsoTest, NoDescriptor) {
  EXPECT_EQ(After(16 * kBlock + 1, "X"), "ISO: block 16 is not a volume descriptor");
}

TEST_F(ValidateIsoTest, PrimaryDescriptorIsNotFirst) {
  EXPECT_EQ(After(16 * kBlock, "\x02"),
            "ISO: the descriptor in block 16 has type 2; expected the primary one, 1, in block 16 "
            "alone");
}

TEST_F(ValidateIsoTest, DescriptorsWithoutEnd) {
  const std::string joliet = Read(18 * kBlock, kBlock);
  for (uint64_t block = 19; block < 32; ++block) Overwrite(path_, block * kBlock, joliet);
  EXPECT_EQ(Validate().message(), "ISO: the volume descriptors have no end in 16 blocks");
}

TEST_F(ValidateIsoTest, ByteOrdersDiffer) {
  EXPECT_EQ(After(16 * kBlock + 80, "\xff"),
            "ISO: a number of the volume descriptor differs between byte orders");
}

TEST_F(ValidateIsoTest, BlockSize) {
  EXPECT_EQ(After(16 * kBlock + 128, std::string_view("\x00\x04\x04\x00", 4)),
            "ISO: blocks have 1024 bytes; expected 2048");
}

TEST_F(ValidateIsoTest, ImageIsCutOff) {
  ASSERT_EQ(truncate(path_.c_str(), 4 << 20), 0);
  EXPECT_EQ(Validate().message(), "ISO: the volume has 5120 blocks; the image has 2048");
}

TEST_F(ValidateIsoTest, NoJoliet) {
  EXPECT_EQ(After(18 * kBlock, "\x03"), "ISO: there is no Joliet descriptor");
}

TEST_F(ValidateIsoTest, DirectorySize) {
  Overwrite(path_, 16 * kBlock + 156 + 10, std::string_view("\x01\x00\x00\x00\x00\x00\x00\x01", 8));
  EXPECT_EQ(Validate().message(),
            "ISO primary tree: /: the directory has 1 bytes; expected a multiple of 2048");
}

TEST_F(ValidateIsoTest, RecordLength) {
  EXPECT_EQ(After(24 * kBlock, "\x10"),
            "ISO primary tree: /: record 0 has 16 bytes; expected 33 to 2048");
}

TEST_F(ValidateIsoTest, IdentifierLength) {
  EXPECT_EQ(After(24 * kBlock + 32, "\xff"),
            "ISO primary tree: /: record 0 has an identifier of 255 bytes in 132");
}

TEST_F(ValidateIsoTest, DotElsewhere) {
  Overwrite(path_, 24 * kBlock + 2, std::string_view("\x19\x00\x00\x00\x00\x00\x00\x19", 8));
  EXPECT_EQ(Validate().message(),
            "ISO primary tree: /: record 0 points to block 25; expected \".\" and 24");
}

TEST_F(ValidateIsoTest, ExtentOutsideTheVolume) {
  // Behind "." and "..", both of the length that their records say: the first file.
  const uint64_t second = 24 * kBlock + static_cast<uint8_t>(Read(24 * kBlock, 1)[0]);
  const uint64_t third = second + static_cast<uint8_t>(Read(second, 1)[0]);
  EXPECT_THAT(After(third + 2, std::string_view("\x00\x00\x01\x00\x00\x01\x00\x00", 8)),
              HasSubstr("ISO primary tree: /A_LONG_NAME___.TXT;1: it ends at block 65537 of 5120"));
}

TEST_F(ValidateIsoTest, ExtentDiffersBetweenByteOrders) {
  EXPECT_EQ(After(25 * kBlock + 2, "\x77"),
            "ISO primary tree: /BOOT/\\x00: block and size differ between byte orders");
}

TEST_F(ValidateIsoTest, RecordsAreNotSorted) {
  const uint64_t second = 24 * kBlock + static_cast<uint8_t>(Read(24 * kBlock, 1)[0]);
  const uint64_t third = second + static_cast<uint8_t>(Read(second, 1)[0]);
  EXPECT_EQ(After(third + 33, "X"),
            "ISO primary tree: /BOOT: it comes behind X_LONG_NAME___.TXT;1");
}

TEST_F(ValidateIsoTest, JolietTreeIsCheckedToo) {
  EXPECT_EQ(After(28 * kBlock, "\x10"),
            "ISO Joliet tree: /: record 0 has 16 bytes; expected 33 to 2048");
}

TEST_F(ValidateIsoTest, LittlePathTable) {
  EXPECT_EQ(After(20 * kBlock + 2, "\x63"),
            "ISO primary tree: the little-endian path table: entry 1 has block 99 and parent 1; "
            "expected a directory of the tree, once");
}

TEST_F(ValidateIsoTest, BigPathTable) {
  EXPECT_EQ(After(21 * kBlock + 5, "\x63"),
            "ISO primary tree: the big-endian path table: entry 1 has block 99 and parent 1; "
            "expected a directory of the tree, once");
}

TEST_F(ValidateIsoTest, CatalogChecksum) {
  EXPECT_EQ(After(31 * kBlock + 4, "\x01"),
            "ISO: the boot catalog begins with 1, has key 0xaa55 and sum 1; expected 1, 0xaa55 "
            "and 0");
}

TEST_F(ValidateIsoTest, EntryIsNotBootable) {
  EXPECT_EQ(After(31 * kBlock + 32, std::string_view("\0", 1)),
            "ISO: a boot entry has mark 0 and medium 0; expected 136 and 0, no emulation");
}

TEST_F(ValidateIsoTest, BootInfoBlock) {
  EXPECT_EQ(After(31 * kBlock + 32 + 8, "\x22"),
            "ISO: the boot info table has descriptor 1229539657, block 1229539657 and 1229539657 "
            "bytes; expected 16 and 34");
}

TEST_F(ValidateIsoTest, BootInfoSum) {
  const auto at = FromBytes<Little<uint32_t>>(Read(31 * kBlock + 32 + 8, 4)) * kBlock;
  EXPECT_THAT(After(at + 100, "x"), HasSubstr("ISO: the boot info table has sum 0x"));
}

TEST_F(ValidateIsoTest, NoActivePartition) {
  EXPECT_EQ(After(446 + 16, std::string_view("\0", 1)),
            "ISO: BIOS cannot boot it from a disk: the MBR has signature 0xaa55, code and no "
            "active partition");
}

TEST_F(ValidateIsoTest, NoBootCode) {
  EXPECT_EQ(After(0, std::string(440, '\0')),
            "ISO: BIOS cannot boot it from a disk: the MBR has signature 0xaa55, no code and an "
            "active partition");
}

TEST_F(ValidateIsoTest, NoPartitionTable) {
  EXPECT_EQ(After(512, std::string(512, '\0')),
            "GPT: the header is not there: sector 1 has no header of revision 1.0 and 92 bytes");
}

TEST_F(ValidateIsoTest, EfiEntryOutsideThePartition) {
  EXPECT_EQ(After(31 * kBlock + 96 + 8, std::string_view("\x01\x02", 2)),
            "ISO: no EFI system partition begins at sector 2052, where the UEFI boot entry points");
}

TEST_F(ValidateIsoTest, EfiEntryLoadsLess) {
  EXPECT_EQ(After(31 * kBlock + 96 + 6, std::string_view("\x04\x00", 2)),
            "ISO: the UEFI boot entry loads 4 sectors of an EFI system partition of 16476; "
            "expected all, or 0 for more than 65535");
}

TEST_F(ValidateIsoTest, EfiPartitionIsNoFileSystem) {
  EXPECT_EQ(After(512 * kBlock + 510, "XX"),
            "FAT: the boot sector ends with 0x5858; expected 0xaa55");
}

}  // namespace
}  // namespace linuxkit
