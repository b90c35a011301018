// Which blocks of a disk a format has to store: those that a piece of the disk reaches into. Time
// and memory grow with the number of pieces, not with the disk.
//
//   for (const BlockRun& run : AllocatedRuns(disk, 1 << 20)) {
//     ABSL_RETURN_IF_ERROR(WriteExtentRange(disk, run.first << 20, run.count << 20, output));
//   }
#ifndef TOOLS_VMDISK_BLOCK_RUNS_H_
#define TOOLS_VMDISK_BLOCK_RUNS_H_

#include <cstdint>
#include <vector>

#include "tools/disk/extents.h"

namespace linuxkit {

// Blocks in a row.
struct BlockRun {
  uint64_t first = 0;
  uint64_t count = 0;

  uint64_t end() const { return first + count; }
  friend bool operator==(const BlockRun&, const BlockRun&) = default;
};

// In the disk's order, each as long as possible.
std::vector<BlockRun> AllocatedRuns(const Extents& disk, uint64_t block_size);

// The number of blocks in all runs.
uint64_t CountBlocks(const std::vector<BlockRun>& runs);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_BLOCK_RUNS_H_
