#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/fat/fat_geometry.h"
#include "tools/fat/fat_image.h"
#include "tools/fat/fat_names.h"
#include "tools/fat/validate_fat.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::HasSubstr;

ImageFile File(std::string path, size_t size) {
  return {std::move(path), Content::OfBytes(std::string(size, 'x'))};
}

std::vector<ImageFile> SomeFiles() {
  std::vector<ImageFile> files = {File("EFI/BOOT/BOOTX64.EFI", 70000), File("empty", 0),
                                  File("loader/entries/a long name \xc3\xa4.conf", 100)};
  // More than a cluster of entries.
  for (int i = 0; i < 40; ++i) files.push_back(File(absl::StrCat("many/entry number ", i), 10));
  return files;
}

std::string ErrorOf(const FatOptions& options, std::vector<ImageFile> files) {
  return std::string(MakeFatImage(options, std::move(files)).status().message());
}

absl::Status Validate(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  return ValidateFat(ImageView(file));
}

TEST(FatGeometryTest, TypeAndClusterSizeBySize) {
  struct Case {
    uint64_t size;
    FatType type;
    uint32_t sectors_per_cluster;
  };
  for (const Case& c : std::vector<Case>{{1 << 20, FatType::kFat12, 1},
                                         {4 << 20, FatType::kFat16, 1},
                                         {32 << 20, FatType::kFat16, 8},
                                         {34 << 20, FatType::kFat32, 1},
                                         {64 << 20, FatType::kFat32, 1},
                                         {512 << 20, FatType::kFat32, 8},
                                         {uint64_t{8} << 30, FatType::kFat32, 8},
                                         {uint64_t{20} << 30, FatType::kFat32, 32}}) {
    const auto image = MakeFatImage({.size = c.size}, SomeFiles());
    ASSERT_THAT(image, IsOk()) << c.size;
    EXPECT_EQ(image->geometry.type, c.type) << c.size;
    EXPECT_EQ(image->geometry.sectors_per_cluster, c.sectors_per_cluster) << c.size;
    EXPECT_EQ(image->extents.size(), c.size);
    EXPECT_LE(image->geometry.total * kFatSector, c.size);
    EXPECT_EQ(FatTypeOf(image->geometry.clusters), c.type);
  }
}

ClustersNeeded Always(uint64_t clusters) {
  return [=](FatType, uint32_t) { return clusters; };
}

// Sizes around each at which the type or the size of clusters may change.
std::vector<uint64_t> SizesAroundLimits() {
  std::vector<uint64_t> sizes;
  for (uint64_t clusters : {4085, 65525}) {
    for (uint64_t per_cluster = 1; per_cluster <= 64; per_cluster *= 2) {
      for (uint64_t more = 0; more < 200; ++more) {
        sizes.push_back((clusters - 30 + more) * per_cluster);
      }
    }
  }
  return sizes;
}

// Drivers that count clusters wrongly by up to sixteen still see the type that is meant.
TEST(FatGeometryTest, NoVolumeIsNearALimitOfItsType) {
  for (const uint64_t sectors : SizesAroundLimits()) {
    const auto geometry = ChooseFatGeometry(sectors * kFatSector, std::nullopt, Always(1));
    ASSERT_THAT(geometry, IsOk());
    for (const int64_t limit : {int64_t{kFat16MinClusters}, int64_t{kFat32MinClusters}}) {
      const int64_t distance = geometry->clusters - limit;
      EXPECT_TRUE(distance < -16 || distance >= 16) << sectors << " " << geometry->clusters;
    }
  }
}

TEST(FatGeometryTest, TablesCoverAllClustersAndDataIsAligned) {
  for (const uint64_t sectors : SizesAroundLimits()) {
    const auto geometry = ChooseFatGeometry(sectors * kFatSector, std::nullopt, Always(1));
    ASSERT_THAT(geometry, IsOk());
    const uint64_t bits = (geometry->clusters + 2) * static_cast<uint64_t>(geometry->type);
    EXPECT_GE(geometry->fat_sectors * kFatSector * uint64_t{8}, bits);
    EXPECT_EQ(geometry->data_start() % 8, 0u);
    EXPECT_LE(geometry->total, sectors);
    // As many clusters as there is room for; one more may take another page of tables.
    EXPECT_LT(sectors - geometry->total, geometry->sectors_per_cluster + 8) << sectors;
  }
}

TEST(FatGeometryTest, FewestAndMostClustersOfATypeInOneSize) {
  struct Case {
    FatType type;
    uint64_t clusters;
    uint32_t sectors_per_cluster;
  };
  for (const Case& c : std::vector<Case>{{FatType::kFat12, 4068, 1},
                                         {FatType::kFat16, 4101, 8},
                                         {FatType::kFat16, 65508, 8},
                                         {FatType::kFat32, 65541, 8}}) {
    const auto smallest = ChooseFatGeometry(0, c.type, Always(c.clusters));
    ASSERT_THAT(smallest, IsOk());
    EXPECT_EQ(smallest->clusters, c.clusters);
    EXPECT_EQ(smallest->sectors_per_cluster, c.sectors_per_cluster);
    const auto same = ChooseFatGeometry(smallest->total * kFatSector, c.type, Always(c.clusters));
    ASSERT_THAT(same, IsOk());
    EXPECT_EQ(same->clusters, c.clusters);
    EXPECT_EQ(same->sectors_per_cluster, c.sectors_per_cluster);
  }
  EXPECT_EQ(ChooseFatGeometry(0, std::nullopt, Always(65508))->type, FatType::kFat16);
  EXPECT_EQ(ChooseFatGeometry(0, std::nullopt, Always(65509))->type, FatType::kFat32);
}

TEST(FatGeometryTest, LargeFat16HasLargeClusters) {
  EXPECT_EQ(ChooseFatGeometry(512 << 20, FatType::kFat16, Always(1))->sectors_per_cluster, 16u);
  EXPECT_EQ(ChooseFatGeometry(1 << 30, FatType::kFat16, Always(1))->sectors_per_cluster, 64u);
}

TEST(FatGeometryTest, LargestVolume) {
  EXPECT_THAT(ChooseFatGeometry(uint64_t{UINT32_MAX} * 512, std::nullopt, Always(1)), IsOk());
  EXPECT_EQ(ChooseFatGeometry(uint64_t{1} << 41, std::nullopt, Always(1)).status().message(),
            "a FAT file system cannot have 2199023255552 bytes; expected a multiple of 512 up to "
            "2199023255040");
}

TEST(FatGeometryTest, SmallestIsFat16UpTo256MiB) {
  const std::string path = TestPath("sparse");
  for (const auto& [mib, type] : {std::pair(1, FatType::kFat16), std::pair(250, FatType::kFat16),
                                  std::pair(300, FatType::kFat32)}) {
    ASSERT_THAT(WriteFile(path, ""), IsOk());
    ASSERT_EQ(truncate(path.c_str(), off_t{mib} << 20), 0);
    const auto image = MakeFatImage({}, {{"file", *Content::OfFile(path)}});
    ASSERT_THAT(image, IsOk());
    EXPECT_EQ(image->geometry.type, type) << mib;
    // A file's data can be part of an ISO file system.
    EXPECT_EQ(image->offsets.at("file") % 2048, 0) << mib;
  }
}

TEST(FatImageTest, EveryTypeIsValid) {
  for (const FatType type : {FatType::kFat12, FatType::kFat16, FatType::kFat32}) {
    const auto image = MakeFatImage({.type = type}, SomeFiles());
    ASSERT_THAT(image, IsOk());
    EXPECT_EQ(image->geometry.type, type);
    const auto path = WriteTestImage("image", image->extents);
    ASSERT_THAT(path, IsOk());
    EXPECT_THAT(Validate(*path), IsOk()) << static_cast<int>(type);
  }
}

TEST(FatImageTest, GoldenBytes) {
  const FatOptions options = {
      .label = "GOLDEN", .serial = 0x12345678, .time = 1700000000, .type = FatType::kFat12};
  const auto image = MakeFatImage(options, {{"EFI/a long name.txt", Content::OfBytes("hello\n")},
                                            {"SHORT.TXT", Content::OfBytes("world\n")}});
  ASSERT_THAT(image, IsOk());
  const auto path = WriteTestImage("image", image->extents);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/fat/testdata/fat12.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(*path).value())));
}

TEST(FatImageTest, OrderOfFilesDoesNotMatter) {
  const auto forward = MakeFatImage({}, {File("a", 1), File("b/c", 2)});
  const auto backward = MakeFatImage({}, {File("b/c", 2), File("a", 1)});
  EXPECT_EQ(forward->extents.Fingerprint(), backward->extents.Fingerprint());
}

TEST(FatImageTest, SerialFollowsContent) {
  const auto Serial = [](std::vector<ImageFile> files) {
    return MakeFatImage({}, std::move(files))->extents.pieces().at(0).bytes().substr(39, 4);
  };
  EXPECT_EQ(Serial({File("a", 1)}), Serial({File("a", 1)}));
  EXPECT_NE(Serial({File("a", 1)}), Serial({File("a", 2)}));
}

TEST(FatImageTest, ContentLargerThanSize) {
  EXPECT_EQ(ErrorOf({.size = 1 << 20}, {File("a", 2 << 20)}),
            "a FAT12 file system of 1048576 bytes has 2000 clusters of 512 bytes, but its files "
            "take 4096; expected a size of at least 2129920 bytes");
}

TEST(FatImageTest, SizeThatWasAskedForSuffices) {
  EXPECT_EQ(ErrorOf({.size = 2129920, .type = FatType::kFat12}, {File("a", 2 << 20)}), "");
}

TEST(FatImageTest, Fat32TooSmall) {
  EXPECT_EQ(ErrorOf({.size = 16 << 20, .type = FatType::kFat32}, {}),
            "FAT32 is not possible in 16777216 bytes: it has between 65541 and 268435445 clusters "
            "of 512 to 32768 bytes. Change the size or the type.");
}

TEST(FatImageTest, SizeNotOfSectors) {
  EXPECT_EQ(ErrorOf({.size = 1000}, {}),
            "a FAT file system cannot have 1000 bytes; expected a multiple of 512 up to "
            "2199023255040");
}

TEST(FatImageTest, FileOf4GiB) {
  const std::string path = TestPath("sparse");
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  ASSERT_EQ(truncate(path.c_str(), off_t{4} << 30), 0);
  EXPECT_EQ(ErrorOf({}, {{"big/file", *Content::OfFile(path)}}),
            "/big/file has 4294967296 bytes; a FAT file system holds at most 4294967295 in a file");
  ASSERT_EQ(truncate(path.c_str(), (off_t{4} << 30) - 1), 0);
  EXPECT_EQ(ErrorOf({}, {{"big/file", *Content::OfFile(path)}}), "");
}

TEST(FatImageTest, TooManyFilesInTheRoot) {
  std::vector<ImageFile> files;
  for (int i = 0; i < 512; ++i) files.push_back(File(absl::StrCat("F", i), 1));
  EXPECT_EQ(ErrorOf({.size = 16 << 20}, std::move(files)),
            "the root directory takes 513 entries, long names included; FAT16 has at most 512. "
            "Put files into directories or ask for FAT32.");
  files.clear();
  for (int i = 0; i < 511; ++i) files.push_back(File(absl::StrCat("F", i), 1));
  EXPECT_EQ(ErrorOf({.size = 16 << 20}, std::move(files)), "");
}

// "." and ".." are two of them.
TEST(FatImageTest, TooManyFilesInADirectory) {
  std::vector<ImageFile> files;
  for (int i = 0; i < 65534; ++i) files.push_back(File(absl::StrCat("d/F", i), 0));
  EXPECT_EQ(ErrorOf({}, files), "");
  files.push_back(File("d/F65534", 0));
  EXPECT_EQ(ErrorOf({}, files),
            "/d takes 65537 directory entries, long names included; a FAT directory has at most "
            "65536");
}

// The highest four bits are not the table's, and the first free cluster is behind the root's.
TEST(FatImageTest, EntriesOfFat32Have28Bits) {
  const auto image = MakeFatImage({.type = FatType::kFat32}, {});
  ASSERT_THAT(image, IsOk());
  const auto& pieces = image->extents.pieces();
  EXPECT_EQ(pieces.at(image->geometry.reserved * kFatSector).bytes(),
            std::string("\xf8\xff\xff\x0f\xff\xff\xff\x0f\xff\xff\xff\x0f", 12));
  EXPECT_EQ(pieces.at(0).bytes().substr(512 + 492, 4), std::string("\3\0\0\0", 4));
}

// Numbers of clusters that have more than 16 bits.
TEST(FatImageTest, FileBehindManyClusters) {
  const std::string input = TestPath("sparse");
  ASSERT_THAT(WriteFile(input, ""), IsOk());
  ASSERT_EQ(truncate(input.c_str(), off_t{300} << 20), 0);
  const auto image = MakeFatImage({}, {{"a", *Content::OfFile(input)}, File("b", 1)});
  ASSERT_THAT(image, IsOk());
  const auto path = WriteTestImage("image", image->extents);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(Validate(*path), IsOk());
}

TEST(FatImageTest, Label) {
  EXPECT_EQ(ErrorOf({.label = "TWELVE LONG."}, {}),
            "the volume label \"TWELVE LONG.\" contains characters other than A-Z, 0-9, space, _ "
            "and -");
  EXPECT_EQ(ErrorOf({.label = "TWELVE LONG "}, {}),
            "the volume label \"TWELVE LONG \" has 12 characters; expected 1 to 11");
  EXPECT_EQ(ErrorOf({.label = ""}, {}), "the volume label \"\" has 0 characters; expected 1 to 11");
  EXPECT_EQ(ErrorOf({.label = "AZ_09-ELEVN"}, {}), "");
}

TEST(FatNamesTest, ShortNames) {
  FatNames names;
  const auto Short = [&](std::string_view name) {
    const auto entry = names.Add(name);
    EXPECT_THAT(entry, IsOk());
    return absl::StrCat(std::string_view(entry->short_name.data(), 11), "+",
                        entry->long_name_slots.size() / 32);
  };
  EXPECT_EQ(Short("BOOTX64.EFI"), "BOOTX64 EFI+0");
  EXPECT_EQ(Short("loader"), "LOADER     +1");
  EXPECT_EQ(Short("loader.conf"), "LOADER~1CON+1");
  EXPECT_EQ(Short("loader.configuration"), "LOADER~2CON+2");
  EXPECT_EQ(Short("12345678"), "12345678   +0");
  EXPECT_EQ(Short("123456789"), "123456~1   +1");
  EXPECT_EQ(Short(".hidden"), "HIDDEN~1   +1");
  EXPECT_EQ(Short("a.b.c"), "AB~1    C  +1");
  EXPECT_EQ(Short("\xc3\xa4"), "__~1       +1");
  EXPECT_EQ(Short("thirteen char"), "THIRTE~1   +1");
}

TEST(FatNamesTest, NamesThatFatCannotHold) {
  const auto Error = [](std::string_view name) {
    return std::string(CheckFatName(name).message());
  };
  EXPECT_EQ(Error("a:b"), "\"a:b\" cannot be a name on a FAT file system: it contains :");
  EXPECT_EQ(
      Error("a."),
      "\"a.\" cannot be a name on a FAT file system: it is empty or ends in a dot or a space");
  for (const std::string_view name : {"", "a ", "."}) {
    EXPECT_THAT(Error(name), HasSubstr("it is empty or ends in a dot or a space")) << name;
  }
  EXPECT_THAT(Error("a\tb"), HasSubstr("it contains a control character"));
  EXPECT_THAT(Error(std::string(256, 'n')),
              HasSubstr("it has 256 UTF-16 units; expected at most 255"));
  EXPECT_THAT(CheckFatName(std::string(255, 'n')), IsOk());
}

TEST(FatNamesTest, NamesThatDifferInCase) {
  EXPECT_EQ(ErrorOf({}, {File("EFI/a", 1), File("EFI/A", 1)}),
            "/EFI: \"a\" cannot be a name on a FAT file system: another name in its directory "
            "differs from it only in case");
}

}  // namespace
}  // namespace linuxkit
