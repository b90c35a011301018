#include "tools/gpt/gpt.h"

#include <unistd.h>

#include <array>
#include <cstddef>
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
#include "tools/gpt/gpt_format.h"
#include "tools/gpt/validate_gpt.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uint64_t kSectors = 4096;

GptPartition Partition(uint64_t first, uint64_t sectors) {
  return {.type = *ParseGuid(kEspType),
          .first_sector = first,
          .sectors = sectors,
          .name = absl::StrCat("at ", first)};
}

std::string ErrorOf(const GptDisk& disk) {
  Extents extents;
  return std::string(AddGpt(disk, Mbr(), extents).message());
}

class GptTest : public ::testing::Test {
 protected:
  void Make(std::string_view code = "") {
    Mbr mbr;
    if (!code.empty()) {
      ASSERT_THAT(SetMbrCode(code, "code", mbr), IsOk());
    }
    Extents extents;
    const GptDisk disk = {.sectors = kSectors,
                          .partitions = {Partition(2048, 1000), Partition(64, 100)}};
    ASSERT_THAT(AddGpt(disk, mbr, extents), IsOk());
    const auto path = WriteTestImage("disk", extents);
    ASSERT_THAT(path, IsOk());
    path_ = *path;
  }
  absl::StatusOr<std::vector<GptEntry>> Validate() {
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path_));
    return ValidateGpt(ImageView(file));
  }
  std::string After(uint64_t offset, std::string_view bytes) {
    Overwrite(path_, offset, bytes);
    return std::string(Validate().status().message());
  }
  // Changes a header's field and its checksum with it.
  template <typename T>
  void Patch(uint64_t sector, T GptHeader::* field, T value) {
    GptHeader header = ReadHeader(sector);
    header.*field = value;
    header.header_crc = HeaderCrc(header);
    Overwrite(path_, sector * kDiskSector, BytesOf(header));
  }
  GptHeader ReadHeader(uint64_t sector) {
    const std::string bytes = ReadFile(path_).value();
    return FromBytes<GptHeader>(std::string_view(bytes).substr(sector * kDiskSector));
  }
  // Changes the second entry (sectors 64 to 163) in both copies, checksums with it.
  std::string AfterEntry(size_t offset, std::string_view bytes) {
    for (const uint64_t header : {uint64_t{1}, kSectors - 1}) {
      const uint64_t entries = ReadHeader(header).entries_sector * kDiskSector;
      Overwrite(path_, entries + sizeof(GptEntry) + offset, bytes);
      const std::string disk = ReadFile(path_).value();
      Patch<Little<uint32_t>>(
          header, &GptHeader::entries_crc,
          Crc32(std::string_view(disk).substr(entries, kGptEntrySectors * kDiskSector)));
    }
    return std::string(Validate().status().message());
  }

  std::string path_;
};

TEST_F(GptTest, ValidAndInTheOrderGiven) {
  Make();
  const auto partitions = Validate();
  ASSERT_THAT(partitions, IsOk());
  ASSERT_EQ(partitions->size(), 2);
  EXPECT_EQ((*partitions)[0].first_sector, 2048);
  EXPECT_EQ((*partitions)[0].last_sector, 3047);
  EXPECT_EQ(GuidText((*partitions)[0].type), kEspType);
  EXPECT_EQ((*partitions)[1].first_sector, 64);
}

TEST_F(GptTest, GoldenBytes) {
  Make("boot code");
  EXPECT_THAT(ReadFile("tools/gpt/testdata/gpt.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(path_).value())));
}

TEST_F(GptTest, SgdiskFindsNothing) {
  for (const std::string_view code : {"", "boot code"}) {
    Make(code);
    EXPECT_THAT(OutputOf(absl::StrCat("sgdisk -v ", path_)), HasSubstr("No problems found."));
  }
}

// Some BIOSes want an active partition of a disk that boots by its code; others have no such thing.
TEST_F(GptTest, OnlyBootCodeHasAnActivePartition) {
  Make("boot code");
  EXPECT_EQ(ReadFile(path_)->substr(446 + 16, 1), "\x80");
  Make();
  EXPECT_EQ(ReadFile(path_)->substr(446 + 16, 16), std::string(16, '\0'));
}

TEST(GptIdentifiersTest, SgdiskSeesThoseThatAreGiven) {
  GptDisk disk = {.sectors = kSectors,
                  .id = ParseGuid("01234567-89AB-CDEF-0123-456789ABCDEF").value()};
  disk.partitions = {Partition(64, 64), Partition(128, 64)};
  disk.partitions[0].unique = ParseGuid("76543210-89AB-CDEF-0123-456789ABCDEF").value();
  disk.partitions[0].attributes = 4;
  Extents extents;
  ASSERT_THAT(AddGpt(disk, Mbr(), extents), IsOk());
  const auto path = WriteTestImage("disk", extents);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(OutputOf("sgdisk -p " + *path),
              HasSubstr("Disk identifier (GUID): 01234567-89AB-CDEF-0123-456789ABCDEF\n"));
  EXPECT_THAT(OutputOf("sgdisk -i 1 " + *path),
              AllOf(HasSubstr("Partition unique GUID: 76543210-89AB-CDEF-0123-456789ABCDEF\n"),
                    HasSubstr("Attribute flags: 0000000000000004\n")));
}

TEST_F(GptTest, MbrSignature) {
  Make();
  EXPECT_EQ(After(511, "\x55"), "GPT: the MBR ends with 0x5555; expected 0xaa55");
}

TEST_F(GptTest, NoProtectivePartition) {
  Make();
  EXPECT_EQ(After(446 + 4, "\x83"), "GPT: the MBR has no protective partition");
}

TEST_F(GptTest, ProtectivePartitionIsActive) {
  Make();
  EXPECT_EQ(After(446, "\x80"),
            "GPT: the protective partition has status 128 and takes 4095 sectors at 1; expected 0 "
            "and 4095 at 1");
}

TEST_F(GptTest, ImageWasResized) {
  Make();
  ASSERT_EQ(truncate(path_.c_str(), (kSectors - 1) * kDiskSector), 0);
  EXPECT_EQ(Validate().status().message(),
            "GPT: the protective partition has status 0 and takes 4095 sectors at 1; expected 0 "
            "and 4094 at 1");
}

TEST_F(GptTest, NoHeader) {
  Make();
  EXPECT_EQ(After(512, "X"),
            "GPT: the header is not there: sector 1 has no header of revision 1.0 and 92 bytes");
}

TEST_F(GptTest, NoBackupHeader) {
  Make();
  EXPECT_EQ(After((kSectors - 1) * kDiskSector, "X"),
            "GPT: the backup header is not there: sector 4095 has no header of revision 1.0 and "
            "92 bytes");
}

TEST_F(GptTest, HeaderChecksum) {
  Make();
  EXPECT_THAT(After(512 + 40, "\x50"), HasSubstr("GPT: the header has checksum 0x"));
}

TEST_F(GptTest, HeadersDoNotMeet) {
  Make();
  Patch<Little<uint64_t>>(1, &GptHeader::other_sector, uint64_t{4000});
  EXPECT_EQ(Validate().status().message(),
            "GPT: the header is at 1 with the other at 4000 and entries at 2; expected 1, 4095 and "
            "2");
}

TEST_F(GptTest, EntryCount) {
  Make();
  Patch<Little<uint32_t>>(1, &GptHeader::entry_count, 64u);
  EXPECT_EQ(Validate().status().message(),
            "GPT: the header has 64 entries of 128 bytes; expected 128 of 128");
}

TEST_F(GptTest, EntriesChecksum) {
  Make();
  EXPECT_THAT(After(1024 + 32, "\x01"),
              HasSubstr("GPT: the entries of the table have checksum 0x"));
}

TEST_F(GptTest, BackupOfAnotherDisk) {
  Make();
  Patch<Guid>(kSectors - 1, &GptHeader::disk, Guid());
  EXPECT_EQ(Validate().status().message(), "GPT: the table and its backup differ");
}

TEST_F(GptTest, UsableSectorsMeetTheTable) {
  Make();
  Patch<Little<uint64_t>>(1, &GptHeader::first_usable, uint64_t{3});
  EXPECT_EQ(Validate().status().message(),
            "GPT: the usable sectors are 3 to 4062; expected them between 34 and 4062");
}

TEST_F(GptTest, PartitionOutside) {
  Make();
  EXPECT_EQ(AfterEntry(32, "\x01"),
            "GPT: a partition takes sectors 1 to 163; expected them between 34 and 4062");
}

TEST_F(GptTest, PartitionsOverlap) {
  Make();
  EXPECT_EQ(AfterEntry(40, std::string_view("\x00\x09", 2)),
            "GPT: a partition takes sectors 2048 to 3047; expected them between 2305 and 4062");
}

TEST_F(GptTest, GuidTwice) {
  Make();
  const auto unique = (*Validate())[0].unique;
  EXPECT_EQ(AfterEntry(16, BytesOf(unique)),
            absl::StrCat("GPT: GUID ", GuidText(unique), " is there twice"));
}

TEST_F(GptTest, DiskTooSmallForATable) {
  ASSERT_THAT(WriteFile(path_ = TestPath("disk"), "x"), IsOk());
  EXPECT_EQ(Validate().status().message(), "GPT: a disk of 0 sectors has no room for one");
}

TEST(GptErrorTest, Limits) {
  EXPECT_EQ(ErrorOf({.sectors = 60}),
            "a disk of 60 sectors is too small for a GPT; expected at least 68");
  EXPECT_EQ(ErrorOf({.sectors = 67}),
            "a disk of 67 sectors is too small for a GPT; expected at least 68");
  EXPECT_EQ(ErrorOf({.sectors = 68, .partitions = {Partition(34, 1)}}), "");
  EXPECT_EQ(
      ErrorOf({.sectors = 4096, .partitions = {Partition(33, 1)}}),
      "partition \"at 33\" takes 1 sectors at 33; expected at least one, between 34 and 4063");
  EXPECT_EQ(
      ErrorOf({.sectors = 4096, .partitions = {Partition(64, 4000)}}),
      "partition \"at 64\" takes 4000 sectors at 64; expected at least one, between 34 and 4063");
  EXPECT_EQ(ErrorOf({.sectors = 4096, .partitions = {Partition(64, 64), Partition(100, 1)}}),
            "partition \"at 100\" takes 1 sectors at 100; expected at least one, between 128 and "
            "4063");
  EXPECT_EQ(ErrorOf({.sectors = 4096, .partitions = std::vector<GptPartition>(129)}),
            "there are 129 partitions; a GPT has at most 128");
  EXPECT_EQ(
      ErrorOf({.sectors = 4096, .partitions = {Partition(64, 0)}}),
      "partition \"at 64\" takes 0 sectors at 64; expected at least one, between 34 and 4063");
  std::vector<GptPartition> most;
  for (uint64_t i = 0; i < 128; ++i) most.push_back(Partition(34 + i, 1));
  most.back().sectors = 4063 - 161;
  EXPECT_EQ(ErrorOf({.sectors = 4096, .partitions = most}), "");
  GptPartition named = Partition(64, 1);
  named.name = std::string(37, 'n');
  EXPECT_THAT(ErrorOf({.sectors = 4096, .partitions = {named}}),
              HasSubstr("has 37 UTF-16 units; expected at most 36"));
  named.name = std::string(36, 'n');
  EXPECT_EQ(ErrorOf({.sectors = 4096, .partitions = {named}}), "");
}

TEST(MbrTest, CodeThatReachesIntoTheTable) {
  Mbr mbr;
  EXPECT_EQ(SetMbrCode(std::string(441, 'x'), "code.bin", mbr).message(),
            "code.bin has 441 bytes; the code of a master boot record has 1 to 440, or 512 with "
            "its table");
  EXPECT_EQ(SetMbrCode("", "code.bin", mbr).message(),
            "code.bin has 0 bytes; the code of a master boot record has 1 to 440, or 512 with its "
            "table");
  EXPECT_THAT(SetMbrCode(std::string(440, 'x'), "code.bin", mbr), IsOk());
  EXPECT_EQ(mbr.code.back(), 'x');
}

// The table of a whole record is not taken.
TEST(MbrTest, CodeWithATable) {
  Mbr mbr;
  EXPECT_THAT(SetMbrCode(std::string(440, 'x') + std::string(72, 'y'), "mbr.bin", mbr), IsOk());
  EXPECT_EQ(BytesOf(mbr).substr(0, 440), std::string(440, 'x'));
  EXPECT_EQ(BytesOf(mbr).substr(440, 70), std::string(70, '\0'));
}

TEST(MbrTest, CylindersHeadsAndSectors) {
  constexpr uint64_t kCylinder = 255 * 63;
  struct Case {
    uint64_t sector;
    std::array<uint8_t, 3> chs;
  };
  for (const Case& c : std::vector<Case>{{0, {0, 1, 0}},
                                         {62, {0, 63, 0}},
                                         {63, {1, 1, 0}},
                                         {kCylinder - 1, {254, 63, 0}},
                                         {300 * kCylinder, {0, 0x41, 44}},
                                         {1024 * kCylinder - 1, {254, 0xff, 0xff}},
                                         {1024 * kCylinder, {0xfe, 0xff, 0xff}},
                                         {1030 * kCylinder, {0xfe, 0xff, 0xff}}}) {
    const MbrPartition one = MakeMbrPartition(kMbrLinux, c.sector, 1, /*active=*/false);
    EXPECT_EQ(one.first_chs, c.chs) << c.sector;
    EXPECT_EQ(one.last_chs, c.chs) << c.sector;
  }
}

TEST(MbrTest, ProtectivePartitionOfALargeDisk) {
  EXPECT_EQ(uint32_t{ProtectivePartition(uint64_t{1} << 32).sectors}, 0xffffffff);
  EXPECT_EQ(uint32_t{ProtectivePartition((uint64_t{5} << 32) + 100).sectors}, 0xffffffff);
  EXPECT_EQ(uint32_t{ProtectivePartition(4096).sectors}, 4095u);
}

TEST(MbrTest, CylindersBeyondTheirEnd) {
  const MbrPartition partition = MakeMbrPartition(kMbrLinux, 2048, 100000000, /*active=*/true);
  EXPECT_EQ(BytesOf(partition), std::string_view("\x80\x20\x21\x00\x83\xfe\xff\xff"
                                                 "\x00\x08\x00\x00\x00\xe1\xf5\x05",
                                                 16));
}

TEST(GuidTest, TextAndBytes) {
  const auto guid = ParseGuid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
  ASSERT_THAT(guid, IsOk());
  EXPECT_EQ(BytesOf(*guid), std::string_view("\x28\x73\x2a\xc1\x1f\xf8\xd2\x11"
                                             "\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b",
                                             16));
  EXPECT_EQ(GuidText(*guid), kEspType);
  EXPECT_EQ(ParseGuid("c12a7328").status().message(),
            "\"c12a7328\" is not a GUID; expected \"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\" with "
            "hex digits");
  for (const std::string_view text :
       {"c12a7328-f81f-11d2-ba4b-00a0c93ec93b0", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b00",
        "c12a7328xf81f-11d2-ba4b-00a0c93ec93b", "c12a7328-f81f-11d2-ba4b-00a0c93ec93g",
        "c12a7328f81f11d2ba4b00a0c93ec93b"}) {
    EXPECT_FALSE(ParseGuid(text).ok()) << text;
  }
}

TEST(GuidTest, DerivedOnesHaveVersionAndVariant) {
  for (int i = 0; i < 16; ++i) {
    const std::string text = GuidText(DeriveGuid(absl::StrCat("seed ", i), "disk"));
    EXPECT_EQ(text[14], '8');
    EXPECT_THAT("89AB", HasSubstr(text.substr(19, 1)));
  }
  EXPECT_NE(DeriveGuid("seed", "disk"), DeriveGuid("seed", "partition 1"));
}

}  // namespace
}  // namespace linuxkit
