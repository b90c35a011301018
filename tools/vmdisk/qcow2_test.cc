// The judges of our qcow2 images are qemu-img, which checks them and compares them with the raw
// disk, and 7-Zip, which knows all but clusters of zstd.
#include "tools/vmdisk/qcow2.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/fields.h"
#include "tools/disk/testing.h"
#include "tools/vmdisk/disk_cases.h"
#include "tools/vmdisk/qcow2_tables.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Format = Compression::Format;

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kCluster = 64 * 1024;

absl::StatusOr<std::string> WriteTestQcow2(std::string_view name, const Extents& disk,
                                           const Qcow2Options& options) {
  return WriteTestFile(name, [&](OutputFile& output) { return WriteQcow2(disk, options, output); });
}

std::string Qcow2Bytes(const Extents& disk, const Qcow2Options& options) {
  const auto path = WriteTestQcow2("disk.qcow2", disk, options);
  EXPECT_THAT(path, IsOk());
  return ReadFile(*path).value();
}

void ExpectOthersFindTheDisk(const Extents& disk, Format format) {
  const auto raw = WriteTestImage("disk.raw", disk);
  const auto qcow2 = WriteTestQcow2("disk.qcow2", disk, {.compression = {.format = format}});
  ASSERT_THAT(raw, IsOk());
  ASSERT_THAT(qcow2, IsOk());
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img check -f qcow2 ", *qcow2)),
              StartsWith("No errors were found on the image.\n"));
  EXPECT_EQ(OutputOf(absl::StrCat("qemu-img compare -f raw -F qcow2 ", *raw, " ", *qcow2)),
            "Images are identical.\n");
  EXPECT_THAT(OutputOf(absl::StrCat("qemu-img info -f qcow2 --output=json ", *qcow2)),
              HasSubstr(absl::StrCat("\"virtual-size\": ", disk.size(), ",")));
  if (format == Format::kZstd) return;
  EXPECT_EQ(SevenZipDifference("QCOW", *qcow2, *raw), "");
}

class Qcow2Test : public ::testing::TestWithParam<DiskCase> {};
INSTANTIATE_TEST_SUITE_P(Disks, Qcow2Test, ::testing::ValuesIn(DiskCases()),
                         ::testing::PrintToStringParamName());

TEST_P(Qcow2Test, OthersFindThePlainDisk) {
  ExpectOthersFindTheDisk(GetParam().disk, Format::kNone);
}

TEST_P(Qcow2Test, OthersFindTheDeflatedDisk) {
  ExpectOthersFindTheDisk(GetParam().disk, Format::kGzip);
}

TEST_P(Qcow2Test, QemuFindsTheZstdDisk) { ExpectOthersFindTheDisk(GetParam().disk, Format::kZstd); }

std::string RoundedUp(std::string bytes) {
  bytes.resize(RoundUp(bytes.size(), kCluster), 'z');
  return bytes;
}

// Clusters that compress well, badly and not at all, in turns.
Extents MixedDisk() {
  std::string bytes;
  for (uint32_t i = 0; i < 60; ++i) {
    bytes.append(Noise(i % 3 * kCluster / 2, i));
    bytes.append(absl::StrCat("text ", i));
    bytes = RoundedUp(std::move(bytes));
  }
  Extents disk;
  EXPECT_THAT(disk.Add(3 * kCluster, Content::OfBytes(std::move(bytes))), IsOk());
  disk.set_size(16 * kMiB);
  return disk;
}

TEST(Qcow2CompressionTest, QemuFindsAMixedDisk) {
  for (const Format format : {Format::kGzip, Format::kZstd}) {
    ExpectOthersFindTheDisk(MixedDisk(), format);
  }
}

TEST(Qcow2CompressionTest, ThreadsDoNotMatter) {
  for (const Format format : {Format::kGzip, Format::kZstd}) {
    const Compression compression = {.format = format};
    const std::string bytes = Qcow2Bytes(MixedDisk(), {.compression = compression, .threads = 1});
    EXPECT_TRUE(Qcow2Bytes(MixedDisk(), {.compression = compression, .threads = 4}) == bytes);
  }
}

TEST(Qcow2CompressionTest, LevelsMatter) {
  std::string numbers;
  for (int i = 0; i < 1000000; ++i) absl::StrAppend(&numbers, i * 7, "\n");
  Extents disk;
  ASSERT_THAT(disk.Add(0, Content::OfBytes(RoundedUp(std::move(numbers)))), IsOk());
  for (const Format format : {Format::kGzip, Format::kZstd}) {
    const Qcow2Options fast = {.compression = {.format = format, .level = 1}};
    const Qcow2Options best = {.compression = {.format = format, .level = 9}};
    EXPECT_LT(Qcow2Bytes(disk, best).size(), Qcow2Bytes(disk, fast).size());
  }
}

TEST(Qcow2CompressionTest, LevelsUnlessToldOtherwise) {
  Extents disk;
  std::string text;
  while (text.size() < kMiB) absl::StrAppend(&text, text.size() * text.size(), "\n");
  ASSERT_THAT(disk.Add(0, Content::OfBytes(RoundedUp(std::move(text)))), IsOk());
  for (const auto& [format, level] : {std::pair(Format::kGzip, 6), std::pair(Format::kZstd, 3)}) {
    const auto bytes = [&](int at) {
      return Qcow2Bytes(disk, {.compression = {.format = format, .level = at}});
    };
    EXPECT_TRUE(bytes(0) == bytes(level));
    EXPECT_FALSE(bytes(0) == bytes(level + 1));
  }
}

// Readers have a window of 4 KiB: what comes again within a cluster may not be taken from far away.
// Python gives its zlib room for 1000 bytes at a time, so that there is only the window.
TEST(Qcow2CompressionTest, WhatRepeatsFarApart) {
  std::string bytes;
  for (const size_t period : {3000, 4096, 5000, 20000}) {
    const std::string noise = Noise(period, static_cast<uint32_t>(period));
    std::string cluster = absl::StrCat("text", std::string(30000, 't'));
    while (cluster.size() < kCluster) cluster.append(noise);
    bytes.append(cluster.substr(0, kCluster));
  }
  Extents disk;
  ASSERT_THAT(disk.Add(0, Content::OfBytes(bytes)), IsOk());
  const auto raw = WriteTestImage("disk.raw", disk);
  const auto qcow2 = WriteTestQcow2("disk.qcow2", disk, {.compression = {.format = Format::kGzip}});
  ASSERT_THAT(raw, IsOk());
  ASSERT_THAT(qcow2, IsOk());
  constexpr char kScript[] = R"(
import sys, zlib
data = open(sys.argv[1], "rb").read()[65536:]
for cluster in range(4):
    stream = zlib.decompressobj(-12)
    while not stream.eof:
        sys.stdout.buffer.write(stream.decompress(data, 1000))
        data = stream.unconsumed_tail
    data = stream.unused_data
)";
  EXPECT_EQ(OutputOf(absl::StrCat("python3 -c '", kScript, "' ", *qcow2, " | cmp - ", *raw)), "");
}

TEST(Qcow2CompressionTest, NeverLargerThanWithout) {
  Extents noise;
  ASSERT_THAT(noise.Add(0, Content::OfBytes(Noise(kMiB, 1))), IsOk());
  const std::string plain = Qcow2Bytes(noise, {});
  for (const Format format : {Format::kGzip, Format::kZstd}) {
    EXPECT_EQ(Qcow2Bytes(noise, {.compression = {.format = format}}).size(), plain.size());
  }
  EXPECT_LT(Qcow2Bytes(MixedDisk(), {.compression = {.format = Format::kGzip}}).size(),
            Qcow2Bytes(MixedDisk(), {}).size());
}

TEST(Qcow2CompressionTest, ZerosAreNotStored) {
  Extents zeros, hole;
  ASSERT_THAT(zeros.Add(0, Content::OfBytes(std::string(kMiB, '\0'))), IsOk());
  hole.set_size(kMiB);
  const Qcow2Options options = {.compression = {.format = Format::kGzip}};
  EXPECT_TRUE(Qcow2Bytes(zeros, options) == Qcow2Bytes(hole, options));
}

Extents TinyDisk() {
  Extents disk;
  EXPECT_THAT(disk.Add(1, Content::OfBytes("first cluster")), IsOk());
  EXPECT_THAT(disk.Add(3 * kCluster - 5, Content::OfBytes("two clusters")), IsOk());
  disk.set_size(kMiB);
  return disk;
}

TEST(Qcow2LayoutTest, GoldenBytes) {
  EXPECT_THAT(ReadFile("tools/vmdisk/testdata/qcow2.hexdump"),
              IsOkAndHolds(Hexdump(Qcow2Bytes(TinyDisk(), {}))));
}

TEST(Qcow2LayoutTest, HolesAreNotAllocated) {
  Extents disk = TinyDisk();
  disk.set_size(uint64_t{100} << 30);
  // Header; clusters 0, 2 and 3; one L2 table, L1 table, refcount block and table.
  EXPECT_EQ(Qcow2Bytes(disk, {}).size(), (1 + 3 + 4) * kCluster);
}

// An image whose clusters are all there, but without bytes.
absl::Status WriteHoles(uint64_t clusters, OutputFile& output) {
  Qcow2Tables tables(clusters * kCluster);
  for (uint64_t i = 0; i < clusters; ++i) tables.AddCluster(i, (1 + i) * kCluster);
  ABSL_RETURN_IF_ERROR(output.AppendHole((1 + clusters) * kCluster));
  ABSL_ASSIGN_OR_RETURN(const Qcow2Header header, tables.Append(output));
  return output.WriteAt(0, BytesOf(header));
}

// A refcount block has room for 32768 clusters: 2 GiB.
TEST(Qcow2LayoutTest, SeveralRefcountBlocks) {
  // With 32760 of the disk's, the tables' own are the last that fit into one. Besides the disk's
  // clusters the file has its header, L2 tables, the L1 table, refcount blocks and their table.
  for (const auto& [clusters, others] :
       std::vector<std::pair<uint64_t, uint64_t>>{{32759, 1 + 4 + 1 + 1 + 1},
                                                  {32760, 1 + 4 + 1 + 1 + 1},
                                                  {32761, 1 + 4 + 1 + 2 + 1},
                                                  {32762, 1 + 4 + 1 + 2 + 1},
                                                  {70000, 1 + 9 + 1 + 3 + 1}}) {
    const auto path = WriteTestFile(
        "disk.qcow2", [count = clusters](OutputFile& output) { return WriteHoles(count, output); });
    ASSERT_THAT(path, IsOk());
    EXPECT_EQ(InputFile::Open(*path)->size(), (clusters + others) * kCluster);
    EXPECT_THAT(OutputOf(absl::StrCat("qemu-img check -f qcow2 ", *path)),
                StartsWith(absl::StrCat("No errors were found on the image.\n", clusters, "/",
                                        clusters, " = 100.00% allocated")));
  }
}

// Compressed clusters with the sectors that they reach into besides the first.
TEST(Qcow2LayoutTest, SectorsOfCompressedClusters) {
  struct Case {
    uint64_t offset, size, more;
  };
  const std::vector<Case> cases = {{kCluster, 512, 0},
                                   {kCluster + 512, 1, 0},
                                   {kCluster + 513, 512, 1},
                                   {kCluster + 1025, 511, 0}};
  const auto path = WriteTestFile("disk.qcow2", [&](OutputFile& output) -> absl::Status {
    Qcow2Tables tables(cases.size() * kCluster);
    for (size_t i = 0; i < cases.size(); ++i) {
      tables.AddCompressedCluster(i, cases[i].offset, cases[i].size);
    }
    ABSL_RETURN_IF_ERROR(output.AppendHole(2 * kCluster));
    return tables.Append(output).status();
  });
  ASSERT_THAT(path, IsOk());
  const std::string bytes = ReadFile(*path).value();
  for (size_t i = 0; i < cases.size(); ++i) {
    const uint64_t entry =
        FromBytes<Big<uint64_t>>(std::string_view(bytes).substr(2 * kCluster + i * 8));
    EXPECT_EQ(entry, uint64_t{1} << 62 | cases[i].more << 54 | cases[i].offset) << i;
  }
}

std::string ErrorOf(uint64_t size, const Qcow2Options& options) {
  Extents disk;
  disk.set_size(size);
  return std::string(WriteTestQcow2("disk.qcow2", disk, options).status().message());
}

TEST(Qcow2LimitsTest, Size) {
  EXPECT_EQ(ErrorOf(0, {}),
            "a qcow2 image cannot hold a disk of 0 bytes; expected a multiple of 512 from 512 to "
            "2251799813685248. Change the disk's size.");
  EXPECT_EQ(ErrorOf(1000, {}),
            "a qcow2 image cannot hold a disk of 1000 bytes; expected a multiple of 512 from 512 "
            "to 2251799813685248. Change the disk's size.");
  EXPECT_EQ(ErrorOf((uint64_t{2} << 50) + 512, {}),
            "a qcow2 image cannot hold a disk of 2251799813685760 bytes; expected a multiple of "
            "512 from 512 to 2251799813685248. Change the disk's size.");
}

TEST(Qcow2LimitsTest, LargestDisk) {
  EXPECT_EQ(ErrorOf(uint64_t{2} << 50, {}), "");
  EXPECT_THAT(
      OutputOf(absl::StrCat("qemu-img info -f qcow2 --output=json ", TestPath("disk.qcow2"))),
      HasSubstr("\"virtual-size\": 2251799813685248,"));
}

TEST(Qcow2LimitsTest, Level) {
  EXPECT_EQ(ErrorOf(512, {.compression = {.format = Format::kGzip, .level = 10}}),
            "deflate level 10 does not exist; expected 1 to 9, or 0 for 6");
  EXPECT_EQ(ErrorOf(512, {.compression = {.format = Format::kZstd, .level = 23}}),
            "zstd level 23 does not exist; expected 1 to 22, or 0 for 3");
}

TEST(Qcow2LimitsTest, Threads) {
  EXPECT_EQ(ErrorOf(512, {.compression = {.format = Format::kGzip}, .threads = 0}),
            "a qcow2 image cannot be compressed by 0 threads; expected 1 to 256");
  EXPECT_EQ(ErrorOf(512, {.compression = {.format = Format::kGzip}, .threads = 257}),
            "a qcow2 image cannot be compressed by 257 threads; expected 1 to 256");
  EXPECT_EQ(ErrorOf(512, {.compression = {.format = Format::kGzip}, .threads = 256}), "");
}

TEST(Qcow2LimitsTest, InputThatChanged) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "short"), IsOk());
  Extents disk;
  ASSERT_THAT(disk.Add(0, *Content::OfFile(input)), IsOk());
  disk.set_size(512);
  ASSERT_THAT(WriteFile(input, "longer"), IsOk());
  for (const Format format : {Format::kNone, Format::kGzip}) {
    EXPECT_THAT(
        WriteTestQcow2("disk.qcow2", disk, {.compression = {.format = format}}),
        StatusIs(_, input + " changed while the image was made: it has 6 bytes; expected 5"));
  }
}

}  // namespace
}  // namespace linuxkit
