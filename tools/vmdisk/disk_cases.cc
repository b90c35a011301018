#include "tools/vmdisk/disk_cases.h"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <random>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;

struct Piece {
  uint64_t offset;
  Content content;
};

Content Bytes(size_t size, uint32_t seed) { return Content::OfBytes(Noise(size, seed)); }

Content FileOf(size_t size, uint32_t seed) {
  const std::string path = absl::StrCat(testing::TempDir(), "/noise_", size, "_", seed);
  EXPECT_THAT(WriteFile(path, Noise(size, seed)), IsOk());
  return Content::OfFile(path).value();
}

DiskCase Case(std::string name, uint64_t size, std::vector<Piece> pieces) {
  DiskCase result = {.name = std::move(name)};
  for (Piece& piece : pieces) {
    EXPECT_THAT(result.disk.Add(piece.offset, std::move(piece.content)), IsOk());
  }
  result.disk.set_size(size);
  return result;
}

DiskCase RandomCase(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Piece> pieces;
  uint64_t end = 0;
  for (int i = 0; i < 30; ++i) {
    // Pieces that touch, that share a block, and that are blocks away.
    const uint64_t gap = random() % 3 == 0 ? 0 : random() % (random() % 2 == 0 ? 1000 : 3 * kMiB);
    const size_t size = 1 + random() % (random() % 2 == 0 ? 1000 : 300000);
    const uint32_t content = static_cast<uint32_t>(random());
    pieces.push_back({end + gap, random() % 2 == 0 ? Bytes(size, content) : FileOf(size, content)});
    end += gap + size;
  }
  return Case(absl::StrCat("Seed", seed), (end / kMiB + 1 + random() % 3) * kMiB,
              std::move(pieces));
}

}  // namespace

void PrintTo(const DiskCase& disk_case, std::ostream* stream) { *stream << disk_case.name; }

std::string Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

absl::StatusOr<Content> SparseFile(std::string_view name, uint64_t size) {
  const std::string path = TestPath(name);
  ABSL_RETURN_IF_ERROR(WriteFile(path, ""));
  if (truncate(path.c_str(), static_cast<off_t>(size)) != 0) {
    return absl::ErrnoToStatus(errno, path);
  }
  return Content::OfFile(path);
}

absl::StatusOr<std::string> WriteTestFile(std::string_view name,
                                          const std::function<absl::Status(OutputFile&)>& write) {
  const std::string path = TestPath(name);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(write(*file));
  ABSL_RETURN_IF_ERROR(file->Commit());
  return path;
}

std::string SevenZipDifference(std::string_view type, const std::string& file,
                               const std::string& raw) {
  if (const auto disk = InputFile::Open(raw); disk.ok() && disk->size() > kGiB) return "";
  return OutputOf(absl::StrCat("7z x -so -t", type, " ", file, " | cmp - ", raw));
}

std::vector<DiskCase> DiskCases() {
  std::vector<DiskCase> cases;
  cases.push_back(Case("OneHole", 3 * kMiB, {}));
  cases.push_back(Case("OneSector", 512, {{0, Bytes(512, 1)}}));
  cases.push_back(Case("OneByteAtTheEnd", 5 * kMiB, {{5 * kMiB - 1, Bytes(1, 1)}}));
  cases.push_back(Case("EndsWithinABlock", 3 * kMiB + 512, {{kMiB, FileOf(2 * kMiB + 512, 2)}}));
  cases.push_back(Case("PiecesAndHoles", 8 * kMiB,
                       {{0, Bytes(440, 3)},
                        {440, Bytes(72, 4)},
                        {kMiB - 5, FileOf(10, 5)},
                        {kMiB + 5, FileOf(kMiB, 6)},
                        {4 * kMiB + 100000, FileOf(100, 7)},
                        {4 * kMiB + 200000, Bytes(200000, 8)},
                        {6 * kMiB, Content::OfBytes(std::string(kMiB, '\0'))}}));
  // 32 MiB have a grain table in a VMDK.
  cases.push_back(Case("SeveralTables", 200 * kMiB,
                       {{0, Bytes(10, 9)},
                        {31 * kMiB, FileOf(3 * kMiB, 10)},
                        {96 * kMiB - 1, Bytes(2, 11)},
                        {160 * kMiB, Bytes(1, 12)}}));
  // 4 GiB of 1 MiB blocks have a bitmap in a VHDX.
  cases.push_back(Case("Large", 4 * kGiB + 2 * kMiB,
                       {{kMiB, Bytes(600, 13)},
                        {4 * kGiB - 300, Bytes(600, 14)},
                        {4 * kGiB + 2 * kMiB - 512, Bytes(512, 15)}}));
  for (const uint32_t seed : {1, 2, 3, 4}) cases.push_back(RandomCase(seed));
  return cases;
}

}  // namespace linuxkit
