// One broken image for each rule.
#include "tools/fat/validate_fat.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "tools/disk/testing.h"
#include "tools/fat/fat_image.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

class ValidateFatTest : public ::testing::Test {
 protected:
  // Two files, one in a directory. Clusters of FAT16: 2 directory, 3 and 4 "TOP", 5 the other.
  void Make(FatType type) {
    const auto image =
        MakeFatImage({.type = type}, {{"dir/file with a long name", Content::OfBytes("file")},
                                      {"TOP", Content::OfBytes(std::string(3000, 'x'))}});
    ASSERT_THAT(image, IsOk());
    geometry_ = image->geometry;
    const auto path = WriteTestImage("image", image->extents);
    ASSERT_THAT(path, IsOk());
    path_ = *path;
    ASSERT_THAT(Validate(), IsOk());
  }
  absl::Status Validate() {
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path_));
    return ValidateFat(ImageView(file));
  }
  // The error after a change.
  std::string After(uint64_t offset, std::string_view bytes) {
    Overwrite(path_, offset, bytes);
    return std::string(Validate().message());
  }
  // The same change in both tables.
  std::string AfterEntry(uint32_t cluster, std::string_view entry) {
    const uint64_t size = entry.size();
    Overwrite(path_, (geometry_.reserved + geometry_.fat_sectors) * kFatSector + cluster * size,
              entry);
    return After(geometry_.reserved * kFatSector + cluster * size, entry);
  }
  uint64_t Root() const {
    return uint64_t{geometry_.data_start() - geometry_.root_sectors} * kFatSector;
  }

  std::string path_;
  FatGeometry geometry_;
};

TEST_F(ValidateFatTest, BootSignature) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(510, std::string_view("\x55\x00", 2)),
            "FAT: the boot sector ends with 0x55; expected 0xaa55");
}

TEST_F(ValidateFatTest, SectorSize) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(11, std::string_view("\x00\x08", 2)),
            "FAT: sectors have 2048 bytes; expected 512");
}

TEST_F(ValidateFatTest, ClusterSizeNoPowerOfTwo) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(13, "\x03"), "FAT: a cluster has 3 sectors; expected a power of two");
}

TEST_F(ValidateFatTest, NoReservedSector) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(14, std::string_view("\0\0", 2)),
            "FAT: there are 0 reserved sectors and 2 tables; expected at least 1 and 2");
}

TEST_F(ValidateFatTest, VolumeLargerThanImage) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(19, "\xff\xff"), "FAT: the volume has 65535 sectors; the image has 16476");
}

TEST_F(ValidateFatTest, NoRoomForData) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(19, std::string_view("\x10\x00", 2)), "FAT: the data begins at sector 72 of 16");
}

TEST_F(ValidateFatTest, Fat32WithTooFewClusters) {
  Make(FatType::kFat32);
  EXPECT_EQ(After(13, "\x08"),
            "FAT: the boot sector is that of FAT32, but 8192 clusters make it FAT16; FAT32 has at "
            "least 65525");
}

TEST_F(ValidateFatTest, Fat16WithTooManyClusters) {
  Make(FatType::kFat16);
  Overwrite(path_, 19, std::string_view("\0\0", 2));
  Overwrite(path_, 32, std::string_view("\0\0\x10\0", 4));
  ASSERT_EQ(truncate(path_.c_str(), 512 << 20), 0);
  EXPECT_EQ(Validate().message(),
            "FAT: the boot sector is that of FAT16, but 262126 clusters make it FAT32; FAT32 has "
            "at least 65525");
}

TEST_F(ValidateFatTest, TableTooSmall) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(22, std::string_view("\x10\x00", 2)),
            "FAT: a table of 16 sectors is too small for 4101 clusters");
}

TEST_F(ValidateFatTest, TablesDiffer) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(geometry_.reserved * kFatSector + 6, "\x01"),
            "FAT: the two tables differ in sector 0");
}

TEST_F(ValidateFatTest, MediaByte) {
  Make(FatType::kFat16);
  EXPECT_EQ(AfterEntry(0, "\xf0\xff"), "FAT: the table begins with 0xf0; expected 0xf8");
}

TEST_F(ValidateFatTest, ChainLeavesTheVolume) {
  Make(FatType::kFat16);
  EXPECT_EQ(AfterEntry(3, "\xf0\xef"),
            "FAT: /TOP        : its chain goes to cluster 61424; expected 2 to 4102");
}

TEST_F(ValidateFatTest, ChainWithoutEnd) {
  Make(FatType::kFat16);
  EXPECT_EQ(AfterEntry(3, std::string_view("\x03\x00", 2)),
            "FAT: /TOP        : cluster 3 is used twice");
}

TEST_F(ValidateFatTest, CrossLinkedFiles) {
  Make(FatType::kFat16);
  EXPECT_EQ(AfterEntry(5, std::string_view("\x04\x00", 2)),
            "FAT: /DIR        /FILEWI~1   : cluster 4 is used twice");
}

TEST_F(ValidateFatTest, LostCluster) {
  Make(FatType::kFat16);
  EXPECT_EQ(AfterEntry(100, "\xff\xff"), "FAT: cluster 100 is in use, but no file has it");
}

TEST_F(ValidateFatTest, ChainShorterThanFile) {
  Make(FatType::kFat16);
  EXPECT_EQ(AfterEntry(3, "\xff\xff"),
            "FAT: /TOP        : a file of 3000 bytes has 1 clusters; expected 2");
}

TEST_F(ValidateFatTest, DotDotElsewhere) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(geometry_.OffsetOf(2) + 32 + 26, "\x05"),
            "FAT: /DIR        /..         : entry 1 points to cluster 5; expected \"..\" and 0");
}

TEST_F(ValidateFatTest, LongNameOfAnotherEntry) {
  Make(FatType::kFat16);
  const uint64_t entry = geometry_.OffsetOf(2) + 4 * 32;
  EXPECT_EQ(After(entry, "G"),
            "FAT: /DIR        /GILEWI~1   : the long name in front of it lacks 0 parts and has "
            "checksum 218; expected 26");
}

TEST_F(ValidateFatTest, LongNamePartsOutOfOrder) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(geometry_.OffsetOf(2) + 3 * 32, "\x02"),
            "FAT: /DIR        /: a long name has the part 2 out of order");
}

TEST_F(ValidateFatTest, ShortNameTwice) {
  Make(FatType::kFat16);
  // Root: label, "TOP", long name and entry of "dir".
  Overwrite(path_, Root() + 2 * 32, "\xe5");
  EXPECT_EQ(After(Root() + 3 * 32, "TOP        "),
            "FAT: /TOP        : the short name is there twice");
}

TEST_F(ValidateFatTest, DirectoryWithoutCluster) {
  Make(FatType::kFat16);
  EXPECT_EQ(After(Root() + 3 * 32 + 26, std::string_view("\0", 1)),
            "FAT: /DIR        : the directory has no cluster");
}

TEST_F(ValidateFatTest, FreeCount) {
  Make(FatType::kFat32);
  EXPECT_EQ(After(512 + 488, std::string_view("\0\0\0\0", 4)),
            "FAT: the information sector counts 0 free clusters; expected 65532");
}

TEST_F(ValidateFatTest, InformationSignature) {
  Make(FatType::kFat32);
  EXPECT_EQ(After(512, "r"), "FAT: the information sector has no signature");
}

TEST_F(ValidateFatTest, BackupBootSector) {
  Make(FatType::kFat32);
  EXPECT_EQ(After(6 * 512 + 3, "X"), "FAT: the backup boot sector differs from the boot sector");
}

TEST_F(ValidateFatTest, ImageOfOneByte) {
  ASSERT_THAT(WriteFile(path_ = TestPath("image"), "x"), IsOk());
  EXPECT_EQ(Validate().message(),
            "FAT: the boot sector takes 512 bytes at 0, but the image ends after 1");
}

}  // namespace
}  // namespace linuxkit
