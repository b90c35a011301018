#include "tools/vmdisk/block_runs.h"

#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

// With blocks of 10 bytes.
std::vector<BlockRun> RunsOf(const std::vector<std::pair<uint64_t, size_t>>& pieces) {
  Extents disk;
  for (const auto& [offset, size] : pieces) {
    EXPECT_THAT(disk.Add(offset, Content::OfBytes(std::string(size, 'x'))), IsOk());
  }
  disk.set_size(1000);
  return AllocatedRuns(disk, 10);
}

TEST(AllocatedRunsTest, NoPieces) { EXPECT_THAT(RunsOf({}), ElementsAre()); }

TEST(AllocatedRunsTest, WholeBlock) {
  EXPECT_THAT(RunsOf({{20, 10}}), ElementsAre(BlockRun{2, 1}));
}

TEST(AllocatedRunsTest, BytesOnBothSidesOfABoundary) {
  EXPECT_THAT(RunsOf({{29, 2}}), ElementsAre(BlockRun{2, 2}));
}

TEST(AllocatedRunsTest, PiecesThatShareABlock) {
  EXPECT_THAT(RunsOf({{21, 2}, {25, 10}, {39, 1}}), ElementsAre(BlockRun{2, 2}));
}

TEST(AllocatedRunsTest, NeighboursAreOneRun) {
  EXPECT_THAT(RunsOf({{0, 10}, {15, 1}, {29, 1}}), ElementsAre(BlockRun{0, 3}));
}

TEST(AllocatedRunsTest, HolesSeparateRuns) {
  const std::vector<BlockRun> runs = RunsOf({{5, 1}, {20, 1}, {990, 10}});
  EXPECT_THAT(runs, ElementsAre(BlockRun{0, 1}, BlockRun{2, 1}, BlockRun{99, 1}));
  EXPECT_EQ(CountBlocks(runs), 3);
}

}  // namespace
}  // namespace linuxkit
