#include "tools/registry/blob_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using absl_testing::IsOkAndHolds;

// With and without O_TMPFILE.
class BlobFileTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    directory_ = MakeTestDirectory("blob-file");
    path_ = directory_ + "/blob";
  }

  ptrdiff_t FileCount() const {
    const std::filesystem::directory_iterator files(directory_);
    return std::distance(begin(files), end(files));
  }

  std::string directory_;
  std::string path_;
};

TEST_P(BlobFileTest, AppearsAtCommit) {
  const auto file = BlobFile::Create(path_, GetParam());
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("abc"), IsOk());
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("abc"));
  EXPECT_EQ(FileCount(), 1);
}

TEST_P(BlobFileTest, WithoutCommitNothingIsLeft) {
  {
    const auto file = BlobFile::Create(path_, GetParam());
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append("abc"), IsOk());
  }
  EXPECT_EQ(FileCount(), 0);
}

TEST_P(BlobFileTest, ReplacesAFile) {
  ASSERT_THAT(WriteFile(path_, "old and longer"), IsOk());
  const auto file = BlobFile::Create(path_, GetParam());
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("new"), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("new"));
  EXPECT_EQ(FileCount(), 1);
}

TEST_P(BlobFileTest, RestartForgets) {
  const auto file = BlobFile::Create(path_, GetParam());
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("a false start"), IsOk());
  ASSERT_THAT((*file)->Restart(), IsOk());
  ASSERT_THAT((*file)->Append("abc"), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("abc"));
}

// A link that a killed process with our number has left.
TEST_P(BlobFileTest, StaleTemporaryName) {
  ASSERT_THAT(WriteFile(absl::StrCat(path_, ".partial-", getpid()), "stale"), IsOk());
  const auto file = BlobFile::Create(path_, GetParam());
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("abc"), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("abc"));
  EXPECT_EQ(FileCount(), 1);
}

TEST_P(BlobFileTest, PathIsADirectory) {
  std::filesystem::create_directories(path_ + "/x");
  const auto file = BlobFile::Create(path_, GetParam());
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ((*file)->Commit().message(), absl::StrCat("cannot write ", path_, ": Is a directory"));
}

INSTANTIATE_TEST_SUITE_P(Table, BlobFileTest, testing::Bool());

}  // namespace
}  // namespace linuxkit
