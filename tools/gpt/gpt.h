// Writes GUID partition tables.
//
//   GptDisk disk = {.sectors = 204800};
//   disk.partitions.push_back({.type = *ParseGuid(kEspType), .first_sector = 2048,
//                              .sectors = 131072, .name = "EFI System Partition"});
//   ABSL_RETURN_IF_ERROR(AddGpt(disk, mbr_code, extents));
//
// Identifiers that are not given are derived from what the extents hold so far, so add the
// partitions' content first.
#ifndef TOOLS_GPT_GPT_H_
#define TOOLS_GPT_GPT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/disk/extents.h"
#include "tools/gpt/guid.h"
#include "tools/gpt/mbr.h"

namespace linuxkit {

// Bits of an entry's attributes.
inline constexpr uint64_t kGptRequired = 1;
inline constexpr uint64_t kGptLegacyBootable = 4;

struct GptPartition {
  Guid type;
  std::optional<Guid> unique;
  uint64_t first_sector = 0;
  uint64_t sectors = 0;
  uint64_t attributes = 0;
  std::string name;  // UTF-8, at most 36 UTF-16 units
};

struct GptDisk {
  uint64_t sectors = 0;
  std::optional<Guid> id;
  std::vector<GptPartition> partitions;
};

// Adds both copies of the table and sets the size of `extents` to the disk's. Partitions that
// overlap each other or the tables are errors.
absl::Status AddGptTables(const GptDisk& disk, Extents& extents);

// The same with a protective MBR in front. Boot code may be empty; with it, an empty active entry
// is added for BIOSes that ask for one.
absl::Status AddGpt(const GptDisk& disk, Mbr mbr, Extents& extents);

}  // namespace linuxkit

#endif  // TOOLS_GPT_GPT_H_
