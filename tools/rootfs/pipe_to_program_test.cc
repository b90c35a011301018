// Programs that do well, fail, stop reading, and see only the environment they are given.
#include "tools/rootfs/pipe_to_program.h"

#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::EndsWith;

// Larger than what a pipe holds.
constexpr size_t kMuch = 1 << 20;

absl::Status Shell(const std::string& script,
                   const std::function<absl::Status(ByteSink& input)>& write) {
  return PipeToProgram({"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin", "GIVEN=1"}, write);
}

absl::Status WriteMuch(ByteSink& input) { return input.Append(std::string(kMuch, 'x')); }

std::string OutputPath() { return testing::TempDir() + "/output"; }

TEST(PipeToProgramTest, ProgramGetsAllThatIsWritten) {
  EXPECT_THAT(Shell("cat >" + OutputPath(),
                    [](ByteSink& input) -> absl::Status {
                      ABSL_RETURN_IF_ERROR(input.Append("one "));
                      ABSL_RETURN_IF_ERROR(WriteMuch(input));
                      return input.Append(" two");
                    }),
              IsOk());
  EXPECT_THAT(ReadFile(OutputPath()),
              IsOkAndHolds(absl::StrCat("one ", std::string(kMuch, 'x'), " two")));
}

TEST(PipeToProgramTest, ProgramHasTheGivenEnvironmentAlone) {
  setenv("OURS", "1", 1);
  EXPECT_THAT(Shell("cat; echo ${GIVEN-no} ${OURS-no} >" + OutputPath(), WriteMuch), IsOk());
  EXPECT_THAT(ReadFile(OutputPath()), IsOkAndHolds("1 no\n"));
}

TEST(PipeToProgramTest, FailureHasWhatWasPrinted) {
  EXPECT_THAT(Shell("cat >/dev/null; echo said; echo complained >&2; exit 3", WriteMuch),
              StatusIs(absl::StatusCode::kUnknown,
                       "sh ended with status 3; it printed:\nsaid\ncomplained"));
}

TEST(PipeToProgramTest, FailureBeforeTheEndOfInput) {
  EXPECT_THAT(Shell("echo full >&2; exit 1", WriteMuch),
              StatusIs(absl::StatusCode::kUnknown, "sh ended with status 1; it printed:\nfull"));
}

TEST(PipeToProgramTest, SuccessBeforeTheEndOfInputIsAnError) {
  EXPECT_THAT(Shell("exit 0", WriteMuch),
              StatusIs(absl::StatusCode::kUnknown,
                       "sh ended before it had read all of its input; it printed nothing"));
}

TEST(PipeToProgramTest, LongOutputIsQuotedFromItsEnd) {
  const absl::Status status =
      Shell("cat >/dev/null; head -c 5000 /dev/zero | tr '\\0' a; echo end; exit 1", WriteMuch);
  constexpr std::string_view kStart = "sh ended with status 1; it printed:\naaa";
  EXPECT_EQ(status.message().substr(0, kStart.size()), kStart);
  EXPECT_THAT(status.message(), EndsWith("aaaend"));
  // The newline behind "end" is among what is quoted, but not shown.
  EXPECT_EQ(status.message().size(), kStart.size() - 3 + 4096 - 1);
}

TEST(PipeToProgramTest, OwnErrorEndsTheProgram) {
  EXPECT_THAT(Shell("cat >/dev/null",
                    [](ByteSink&) { return absl::DataLossError("the segment is damaged"); }),
              StatusIs(absl::StatusCode::kDataLoss, "the segment is damaged"));
}

TEST(PipeToProgramTest, MissingProgram) {
  EXPECT_THAT(PipeToProgram({"/none/mksquashfs"}, {}, WriteMuch),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot execute /none/mksquashfs: No such file or directory"));
}

TEST(MakeWholeTest, LeftoverOfAnEarlierRunIsNoPart) {
  const std::string output = testing::TempDir() + "/whole";
  ASSERT_THAT(WriteFile(output + ".partial", "left by a run that was killed"), IsOk());
  EXPECT_THAT(MakeWhole(output,
                        [](const std::string& unfinished) {
                          EXPECT_FALSE(InputFile::Open(unfinished).ok());
                          return WriteFile(unfinished, "new");
                        }),
              IsOk());
  EXPECT_THAT(ReadFile(output), IsOkAndHolds("new"));
}

TEST(MakeWholeTest, ErrorLeavesWhatWasThere) {
  const std::string output = testing::TempDir() + "/kept";
  ASSERT_THAT(WriteFile(output, "old"), IsOk());
  EXPECT_THAT(MakeWhole(output,
                        [](const std::string& unfinished) {
                          EXPECT_THAT(WriteFile(unfinished, "half"), IsOk());
                          return absl::DataLossError("the segment is damaged");
                        }),
              StatusIs(absl::StatusCode::kDataLoss, "the segment is damaged"));
  EXPECT_THAT(ReadFile(output), IsOkAndHolds("old"));
  EXPECT_FALSE(InputFile::Open(output + ".partial").ok());
}

TEST(MakeWholeTest, NothingWasMade) {
  const std::string output = testing::TempDir() + "/nothing";
  EXPECT_THAT(
      MakeWhole(output, [](const std::string&) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kNotFound,
               absl::StrCat("cannot rename ", output, ".partial: No such file or directory")));
}

}  // namespace
}  // namespace linuxkit
