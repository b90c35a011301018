#include "tools/vmdisk/block_runs.h"

#include "tools/disk/fields.h"

namespace linuxkit {

std::vector<BlockRun> AllocatedRuns(const Extents& disk, uint64_t block_size) {
  std::vector<BlockRun> runs;
  for (const auto& piece : disk.pieces()) {
    const uint64_t first = piece.first / block_size;
    const uint64_t end = DivideUp(EndOf(piece), block_size);
    // A piece may begin in the block where the one before ends.
    if (runs.empty() || first > runs.back().end()) runs.push_back({.first = first});
    runs.back().count = end - runs.back().first;
  }
  return runs;
}

uint64_t CountBlocks(const std::vector<BlockRun>& runs) {
  uint64_t count = 0;
  for (const BlockRun& run : runs) count += run.count;
  return count;
}

}  // namespace linuxkit
