// The file allocation table of a volume that is read back.
#ifndef TOOLS_FAT_FAT_TABLE_H_
#define TOOLS_FAT_FAT_TABLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/fat/fat_format.h"

namespace linuxkit {

class FatTable {
 public:
  // `bytes` hold entries for `clusters` clusters and the two in front of them.
  FatTable(FatType type, uint32_t clusters, std::string bytes)
      : type_(type), clusters_(clusters), bytes_(std::move(bytes)), seen_(clusters) {}

  uint32_t Entry(uint32_t cluster) const;
  // The clusters from `first` to the end of its chain. An error for one that leaves the volume, is
  // free in between, or meets a cluster of this or another chain.
  absl::StatusOr<std::vector<uint32_t>> TakeChain(uint32_t first);
  // An error if a cluster is in use but in no chain taken. Returns the number of free clusters.
  absl::StatusOr<uint32_t> CountFree() const;

 private:
  uint32_t EndMark() const;

  FatType type_;
  uint32_t clusters_;
  std::string bytes_;
  std::vector<bool> seen_;
};

}  // namespace linuxkit

#endif  // TOOLS_FAT_FAT_TABLE_H_
