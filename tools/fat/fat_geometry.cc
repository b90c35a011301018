#include "tools/fat/fat_geometry.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Clusters this close to a type's limit are avoided: drivers that count wrongly take the volume for
// another type (Microsoft's specification, section 3.5).
constexpr uint32_t kMargin = 16;
// In sectors: file data that is aligned to a page can be shared with the input file (reflink).
constexpr uint32_t kDataAlignment = 8;
constexpr uint32_t kFat32Reserved = 32;
constexpr uint32_t kMaxSectorsPerCluster = 64;
constexpr uint64_t kGiB = uint64_t{1} << 30;

struct ClusterRange {
  uint64_t least;
  uint64_t most;
};

ClusterRange RangeOf(FatType type) {
  switch (type) {
    case FatType::kFat12:
      return {1, kFat16MinClusters - 1 - kMargin};
    case FatType::kFat16:
      return {kFat16MinClusters + kMargin, kFat32MinClusters - 1 - kMargin};
    case FatType::kFat32:
      return {kFat32MinClusters + kMargin, kFat32MaxClusters};
  }
  return {};
}

std::string NameOf(FatType type) { return absl::StrCat("FAT", static_cast<int>(type)); }

// The parts in front of the data, for a table of `clusters` entries.
FatGeometry Divide(FatType type, uint32_t sectors_per_cluster, uint64_t clusters) {
  FatGeometry geometry = {.type = type, .sectors_per_cluster = sectors_per_cluster};
  geometry.clusters = static_cast<uint32_t>(clusters);
  geometry.reserved = type == FatType::kFat32 ? kFat32Reserved : 1;
  geometry.root_sectors =
      type == FatType::kFat32 ? 0 : kFatRootEntries * sizeof(FatEntry) / kFatSector;
  const uint64_t table_bits = (clusters + kFirstCluster) * static_cast<uint64_t>(type);
  geometry.fat_sectors = static_cast<uint32_t>(DivideUp(DivideUp(table_bits, 8), kFatSector));
  geometry.reserved +=
      static_cast<uint32_t>(RoundUp(geometry.data_start(), kDataAlignment) - geometry.data_start());
  geometry.total = geometry.data_start() + clusters * sectors_per_cluster;
  return geometry;
}

// The most clusters that fit into `total` sectors; 0 if none do. Some sectors at the end may stay
// outside: a cluster more would take a larger table.
FatGeometry Fill(FatType type, uint32_t sectors_per_cluster, uint64_t total) {
  uint64_t clusters = std::min<uint64_t>(total / sectors_per_cluster, kFat32MaxClusters);
  FatGeometry geometry = Divide(type, sectors_per_cluster, clusters);
  while (geometry.total > total && clusters > 0) {
    const uint64_t excess = DivideUp(geometry.total - total, sectors_per_cluster);
    // Half of what is too much, for the tables shrink too.
    clusters -= std::min(clusters, std::max<uint64_t>(1, excess / 2));
    geometry = Divide(type, sectors_per_cluster, clusters);
  }
  return geometry;
}

// From best to worst. Large clusters are better: 4 KiB is a page, and more only on large disks,
// where the table would grow (the sizes are those of Microsoft's format).
std::vector<uint32_t> ClusterSizes(FatType type, uint64_t bytes) {
  std::vector<uint32_t> sizes;
  if (type != FatType::kFat12) {
    uint32_t largest = 8;
    while (bytes > largest * kGiB && largest < kMaxSectorsPerCluster) largest *= 2;
    for (uint32_t size = largest; size > 0; size /= 2) sizes.push_back(size);
    for (uint32_t size = largest * 2; size <= kMaxSectorsPerCluster; size *= 2) {
      sizes.push_back(size);
    }
  } else {
    for (uint32_t size = 1; size <= kMaxSectorsPerCluster; size *= 2) sizes.push_back(size);
  }
  return sizes;
}

// The smallest volume of one type, if any cluster size gives that type.
std::optional<FatGeometry> Smallest(FatType type, const ClustersNeeded& needed) {
  const ClusterRange range = RangeOf(type);
  const uint64_t bytes = needed(type, kFatSector) * kFatSector;
  std::optional<FatGeometry> best;
  for (const uint32_t size : ClusterSizes(type, bytes)) {
    const uint64_t clusters = needed(type, size * kFatSector);
    if (clusters > range.most) continue;
    if (clusters >= range.least) return Divide(type, size, clusters);
    const FatGeometry padded = Divide(type, size, range.least);
    // ISO 9660 addresses blocks of 2048 bytes, so that smaller clusters keep data from being
    // shared.
    const bool is_small = type == FatType::kFat16 && size < 4;
    if (!best || (padded.total < best->total && !is_small)) best = padded;
  }
  return best;
}

std::optional<FatGeometry> OfSize(FatType type, uint64_t sectors) {
  const ClusterRange range = RangeOf(type);
  for (const uint32_t size : ClusterSizes(type, sectors * kFatSector)) {
    const FatGeometry geometry = Fill(type, size, sectors);
    if (geometry.clusters >= range.least && geometry.clusters <= range.most) return geometry;
  }
  return std::nullopt;
}

absl::Status NoSuchType(FatType type, uint64_t size) {
  const ClusterRange range = RangeOf(type);
  return absl::InvalidArgumentError(
      absl::StrCat(NameOf(type), " is not possible in ", size, " bytes: it has between ",
                   range.least, " and ", range.most, " clusters of ", kFatSector, " to ",
                   kMaxSectorsPerCluster * kFatSector, " bytes. Change the size or the type."));
}

absl::Status TooSmall(const FatGeometry& geometry, uint64_t size, uint64_t clusters) {
  const uint64_t expected =
      Divide(geometry.type, geometry.sectors_per_cluster, clusters).total * kFatSector;
  return absl::ResourceExhaustedError(absl::StrCat(
      "a ", NameOf(geometry.type), " file system of ", size, " bytes has ", geometry.clusters,
      " clusters of ", geometry.cluster_bytes(), " bytes, but its files take ", clusters,
      "; expected a size of at least ", expected, " bytes"));
}

absl::StatusOr<FatGeometry> ChooseSmallest(FatType type, const ClustersNeeded& needed) {
  if (const std::optional<FatGeometry> geometry = Smallest(type, needed)) return *geometry;
  return absl::ResourceExhaustedError(
      absl::StrCat("the files need ", needed(type, kMaxSectorsPerCluster * kFatSector),
                   " clusters of ", kMaxSectorsPerCluster * kFatSector, " bytes; ", NameOf(type),
                   " has at most ", RangeOf(type).most));
}

// FAT16 as long as it manages with clusters of a page.
FatType SmallestType(const ClustersNeeded& needed) {
  const uint64_t clusters = needed(FatType::kFat16, kDataAlignment * kFatSector);
  return clusters <= RangeOf(FatType::kFat16).most ? FatType::kFat16 : FatType::kFat32;
}

}  // namespace

absl::StatusOr<FatGeometry> ChooseFatGeometry(uint64_t size, std::optional<FatType> type,
                                              const ClustersNeeded& needed) {
  if (size == 0) return ChooseSmallest(type.value_or(SmallestType(needed)), needed);
  const uint64_t sectors = size / kFatSector;
  if (size % kFatSector != 0 || sectors > UINT32_MAX) {
    return absl::InvalidArgumentError(absl::StrCat("a FAT file system cannot have ", size,
                                                   " bytes; expected a multiple of ", kFatSector,
                                                   " up to ", uint64_t{UINT32_MAX} * kFatSector));
  }
  for (const FatType candidate : {FatType::kFat32, FatType::kFat16, FatType::kFat12}) {
    if (type.value_or(candidate) != candidate) continue;
    const std::optional<FatGeometry> geometry = OfSize(candidate, sectors);
    if (!geometry) continue;
    const uint64_t clusters = needed(candidate, geometry->cluster_bytes());
    if (clusters > geometry->clusters) return TooSmall(*geometry, size, clusters);
    return *geometry;
  }
  return NoSuchType(type.value_or(FatType::kFat12), size);
}

}  // namespace linuxkit
