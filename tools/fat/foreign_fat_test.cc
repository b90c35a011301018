// The judges of our file systems are fsck.fat of dosfstools, which must find nothing, and mtools,
// which must find the files.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/fat/fat_image.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char kMtools[] = "MTOOLSRC=/dev/null LC_ALL=C.UTF-8 ";

std::vector<ImageFile> SomeFiles() {
  std::vector<ImageFile> files = {
      {"EFI/BOOT/BOOTX64.EFI", Content::OfBytes(std::string(70001, 'b'))},
      {"empty", Content::OfBytes("")},
      {"loader/entries/a long name \xc3\xa4.conf", Content::OfBytes("title\n")}};
  for (int i = 0; i < 200; ++i) {
    files.push_back({absl::StrCat("many/entry number ", i), Content::OfBytes("x")});
  }
  return files;
}

class ForeignFatTest : public ::testing::TestWithParam<std::pair<uint64_t, FatType>> {
 protected:
  void SetUp() override {
    const auto& [size, type] = GetParam();
    const auto image = MakeFatImage({.size = size, .type = type}, SomeFiles());
    ASSERT_THAT(image, IsOk());
    path_ = absl::StrCat(::testing::TempDir(), "/", size, "_", static_cast<int>(type), ".img");
    const auto file = OutputFile::Create(path_);
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT(WriteExtents(image->extents, **file), IsOk());
    ASSERT_THAT((*file)->Commit(), IsOk());
  }

  std::string path_;
};

TEST_P(ForeignFatTest, FsckFindsNothing) {
  EXPECT_THAT(
      OutputOf(absl::StrCat("fsck.fat -n ", path_)),
      MatchesRegex(absl::StrCat("fsck.fat [^\n]*\n", path_, ": [0-9]+ files, [0-9/]+ clusters\n")));
}

TEST_P(ForeignFatTest, MtoolsFindsTheFiles) {
  EXPECT_EQ(OutputOf(absl::StrCat(kMtools, "mtype -i ", path_, " '::/EFI/BOOT/BOOTX64.EFI'")),
            std::string(70001, 'b'));
  EXPECT_EQ(OutputOf(absl::StrCat(kMtools, "mtype -i ", path_,
                                  " '::/loader/entries/a long name \xc3\xa4.conf'")),
            "title\n");
  EXPECT_EQ(OutputOf(absl::StrCat(kMtools, "mtype -i ", path_, " '::/many/entry number 199'")),
            "x");
}

// What is outside of FAT's years is at their beginning or end.
TEST(FatTimesTest, MtoolsSeesThem) {
  for (const auto& [time, text] :
       std::vector<std::pair<int64_t, std::string>>{{0, "1980-01-01   0:00"},
                                                    {315532800, "1980-01-01   0:00"},
                                                    {1492533000, "2017-04-18  16:30"},
                                                    {4354819198, "2107-12-31  23:59"},
                                                    {int64_t{1} << 40, "2107-12-31  23:59"}}) {
    const auto image = MakeFatImage({.time = time}, {{"FILE", Content::OfBytes("x")}});
    ASSERT_THAT(image, IsOk());
    const auto path = WriteTestImage("image", image->extents);
    ASSERT_THAT(path, IsOk());
    EXPECT_THAT(OutputOf(absl::StrCat(kMtools, "mdir -i ", *path, " ::/FILE")),
                HasSubstr(absl::StrCat(" 1 ", text)))
        << time;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ForeignFatTest,
                         ::testing::Values(std::pair(0, FatType::kFat12),
                                           std::pair(0, FatType::kFat16),
                                           std::pair(0, FatType::kFat32),
                                           std::pair(4 << 20, FatType::kFat16),
                                           std::pair(64 << 20, FatType::kFat32),
                                           std::pair(uint64_t{20} << 30, FatType::kFat32)));

}  // namespace
}  // namespace linuxkit
