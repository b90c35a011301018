#include "tools/fat/fat_table.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr uint32_t kFat32Mask = 0x0fffffff;

}  // namespace

uint32_t FatTable::Entry(uint32_t cluster) const {
  const std::string_view bytes = bytes_;
  switch (type_) {
    case FatType::kFat12: {
      const uint16_t pair = FromBytes<Little<uint16_t>>(bytes.substr(cluster + cluster / 2));
      return cluster % 2 == 0 ? pair & 0xfff : pair >> 4;
    }
    case FatType::kFat16:
      return FromBytes<Little<uint16_t>>(bytes.substr(uint64_t{cluster} * 2));
    case FatType::kFat32:
      return FromBytes<Little<uint32_t>>(bytes.substr(uint64_t{cluster} * 4)) & kFat32Mask;
  }
  return 0;
}

// This and larger ones end a chain.
uint32_t FatTable::EndMark() const {
  return type_ == FatType::kFat12 ? 0xff8 : type_ == FatType::kFat16 ? 0xfff8 : 0x0ffffff8;
}

absl::StatusOr<std::vector<uint32_t>> FatTable::TakeChain(uint32_t first) {
  std::vector<uint32_t> chain;
  uint32_t cluster = first;
  do {
    if (cluster < kFirstCluster || cluster - kFirstCluster >= clusters_) {
      return absl::DataLossError(
          absl::StrCat("its chain goes to cluster ", cluster, "; expected 2 to ", clusters_ + 1));
    }
    if (seen_[cluster - kFirstCluster]) {
      return absl::DataLossError(absl::StrCat("cluster ", cluster, " is used twice"));
    }
    seen_[cluster - kFirstCluster] = true;
    chain.push_back(cluster);
    cluster = Entry(cluster);
  } while (cluster < EndMark());
  return chain;
}

absl::StatusOr<uint32_t> FatTable::CountFree() const {
  uint32_t free = 0;
  for (uint32_t i = 0; i < clusters_; ++i) {
    if (seen_[i]) continue;
    if (Entry(i + kFirstCluster) != 0) {
      return absl::DataLossError(
          absl::StrCat("cluster ", i + kFirstCluster, " is in use, but no file has it"));
    }
    ++free;
  }
  return free;
}

}  // namespace linuxkit
