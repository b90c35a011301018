// How a FAT volume is divided: its type, cluster size and the place of each part.
#ifndef TOOLS_FAT_FAT_GEOMETRY_H_
#define TOOLS_FAT_FAT_GEOMETRY_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "tools/fat/fat_format.h"

namespace linuxkit {

// In sectors unless the name says otherwise.
struct FatGeometry {
  FatType type = FatType::kFat16;
  uint32_t sectors_per_cluster = 1;
  uint32_t reserved = 1;
  uint32_t fat_sectors = 0;  // of one copy
  uint32_t root_sectors = 0;
  uint32_t clusters = 0;
  uint64_t total = 0;

  uint32_t cluster_bytes() const { return sectors_per_cluster * kFatSector; }
  uint32_t data_start() const { return reserved + kFatCopies * fat_sectors + root_sectors; }
  uint64_t OffsetOf(uint32_t cluster) const {
    return kFatSector * (data_start() + uint64_t{cluster - kFirstCluster} * sectors_per_cluster);
  }
};

// What the geometry must suffice for: how many clusters the files and directories take if a cluster
// has `cluster_bytes`. On FAT32 the root directory takes clusters too.
using ClustersNeeded = std::function<uint64_t(FatType type, uint32_t cluster_bytes)>;

// For a volume of exactly `size` bytes, or with `size` 0 the smallest that holds the content.
// Without `type`: FAT32, where that is too small for one FAT16, then FAT12; and the smallest volume
// is never FAT12, which some firmware does not read. Data begins at a multiple of 4096 bytes.
absl::StatusOr<FatGeometry> ChooseFatGeometry(uint64_t size, std::optional<FatType> type,
                                              const ClustersNeeded& needed);

}  // namespace linuxkit

#endif  // TOOLS_FAT_FAT_GEOMETRY_H_
