// GNU gzip and tar judge the archive.
#include "tools/vmdisk/gcp_image.h"

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

constexpr uint64_t kGiB = uint64_t{1} << 30;

absl::StatusOr<std::string> WriteTestGcpImage(const Extents& disk, const GcpOptions& options = {},
                                              std::string_view name = "disk.tar.gz") {
  return WriteTestFile(name,
                       [&](OutputFile& output) { return WriteGcpImage(disk, options, output); });
}

// Has GNU tar list and unpack the archive of a disk.
void ExpectUnpacks(Extents disk) {
  const auto archive = WriteTestGcpImage(disk, {.threads = 2});
  disk.set_size((disk.size() + kGiB - 1) / kGiB * kGiB);
  const auto raw = WriteTestImage("disk.raw", disk);
  ASSERT_THAT(archive, IsOk());
  ASSERT_THAT(raw, IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("TZ=UTC tar -tvSzf ", *archive, " | sed 's/  */ /g'")),
            absl::StrCat("-rw-r--r-- 0/0 ", disk.size(), " 1970-01-01 00:00 disk.raw\n"));
  const std::string directory = TestPath("unpacked");
  // qemu-img passes over holes, which cmp reads.
  EXPECT_EQ(OutputOf(absl::StrCat("mkdir ", directory, " && tar -C ", directory, " -xSzf ",
                                  *archive, " && qemu-img compare -f raw -F raw ", *raw, " ",
                                  directory, "/disk.raw")),
            "Images are identical.\n");
}

class GcpImageTest : public ::testing::TestWithParam<DiskCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, GcpImageTest, ::testing::ValuesIn(DiskCases()),
                         ::testing::PrintToStringParamName());

TEST_P(GcpImageTest, TarFindsTheDisk) { ExpectUnpacks(GetParam().disk); }

TEST_P(GcpImageTest, ThreadsDoNotMatter) {
  const auto one = WriteTestGcpImage(GetParam().disk, {.threads = 1}, "one");
  const auto four = WriteTestGcpImage(GetParam().disk, {.threads = 4}, "four");
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(four, IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", *one, " ", *four)), "");
}

// Six stretches: four in the header, one and the end in a block behind it.
TEST(GcpLayoutTest, GoldenBytes) {
  Extents disk;
  for (const uint64_t offset : {0, 1 << 20, 2 << 20, 3 << 20, 4 << 20}) {
    ASSERT_THAT(disk.Add(offset + 3, Content::OfBytes(absl::StrCat("at ", offset))), IsOk());
  }
  const auto path = WriteTestGcpImage(disk, {.time = 1492533000});
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/gcp.hexdump"),
              IsOkAndHolds(Hexdump(OutputOf(absl::StrCat("gzip -dc ", *path)))));
}

TEST(GcpLayoutTest, GzipHasNoNameAndNoTime) {
  Extents disk;
  disk.set_size(1);
  const auto path = WriteTestGcpImage(disk, {.time = 1492533000});
  ASSERT_THAT(path, IsOk());
  EXPECT_EQ(ReadFile(*path).value().substr(0, 10), std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
}

TEST(GcpLayoutTest, ManyStretches) {
  Extents disk;
  for (uint64_t i = 0; i < 200; ++i) {
    ASSERT_THAT(disk.Add(i * 200000, Content::OfBytes(absl::StrCat(i))), IsOk());
  }
  ExpectUnpacks(std::move(disk));
}

// Offsets and sizes from 8 GiB on do not fit eleven octal digits.
TEST(GcpLayoutTest, NumbersBeyondOctal) {
  Extents disk;
  ASSERT_THAT(disk.Add(0, Content::OfBytes("first")), IsOk());
  ASSERT_THAT(disk.Add(8 * kGiB + 12345, Content::OfBytes(Noise(70000, 1))), IsOk());
  const auto path = WriteTestGcpImage(disk);
  ASSERT_THAT(path, IsOk());
  // The size of a disk of 9 GiB.
  EXPECT_EQ(OutputOf(absl::StrCat("gzip -dc ", *path)).substr(483, 12),
            std::string("\x80\0\0\0\0\0\0\x02\x40\0\0\0", 12));
  ExpectUnpacks(std::move(disk));
}

// A map of few entries: blocks of 64 KiB that touch are one stretch, and the header has room for it
// and the end.
TEST(GcpLayoutTest, NeighboursAreOneStretch) {
  Extents disk;
  for (uint64_t i = 0; i < 6; ++i) {
    ASSERT_THAT(disk.Add(i * 65536 + 100, Content::OfBytes("data")), IsOk());
  }
  const auto path = WriteTestGcpImage(disk);
  ASSERT_THAT(path, IsOk());
  const std::string tar = OutputOf(absl::StrCat("gzip -dc ", *path));
  EXPECT_EQ(tar[482], '\0');
  EXPECT_EQ(tar.size(), 512 + 6 * 65536 + 1024);
}

// Four stretches fill the header.
TEST(GcpLayoutTest, StretchesThatFitTheHeader) {
  Extents disk;
  for (uint64_t i = 0; i < 3; ++i) {
    ASSERT_THAT(disk.Add(i << 20, Content::OfBytes("data")), IsOk());
  }
  ExpectUnpacks(std::move(disk));
}

TEST(GcpLayoutTest, LargestDisk) {
  Extents disk;
  disk.set_size(uint64_t{64} << 40);
  const auto path = WriteTestGcpImage(disk);
  ASSERT_THAT(path, IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("tar -tvSzf ", *path, " | sed 's/  */ /g' | cut -d ' ' -f 3")),
            "70368744177664\n");
}

TEST(GcpLayoutTest, TooLarge) {
  Extents disk;
  disk.set_size((uint64_t{64} << 40) + 1);
  EXPECT_THAT(WriteTestGcpImage(disk),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a GCP image cannot hold a disk of 70368744177665 bytes; expected 1 to "
                       "70368744177664. Change the disk's size."));
}

TEST(GcpLayoutTest, UnknownLevel) {
  Extents disk;
  disk.set_size(1);
  EXPECT_THAT(WriteTestGcpImage(disk, {.level = -1}),
              StatusIs(_, "gzip level -1 does not exist; expected 1 to 9, or 0 for 6"));
}

}  // namespace
}  // namespace linuxkit
