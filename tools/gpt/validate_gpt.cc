#include "tools/gpt/validate_gpt.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

absl::Status Broken(std::string_view problem) {
  return absl::DataLossError(absl::StrCat("GPT: ", problem));
}

absl::Status CheckMbr(const Mbr& mbr, uint64_t sectors) {
  if (mbr.signature != kMbrSignature) {
    return Broken(absl::StrCat("the MBR ends with 0x", absl::Hex(uint16_t{mbr.signature}),
                               "; expected 0x", absl::Hex(kMbrSignature)));
  }
  const auto protective =
      std::find_if(mbr.partitions.begin(), mbr.partitions.end(),
                   [](const MbrPartition& partition) { return partition.type == kMbrProtective; });
  if (protective == mbr.partitions.end()) return Broken("the MBR has no protective partition");
  const uint64_t expected = std::min<uint64_t>(sectors - 1, UINT32_MAX);
  if (protective->status == 0 && protective->first_sector == 1 && protective->sectors == expected) {
    return absl::OkStatus();
  }
  return Broken(absl::StrCat("the protective partition has status ", int{protective->status},
                             " and takes ", uint32_t{protective->sectors}, " sectors at ",
                             uint32_t{protective->first_sector}, "; expected 0 and ", expected,
                             " at 1"));
}

absl::Status CheckHeader(std::string_view name, const GptHeader& header, uint64_t own,
                         uint64_t other, uint64_t entries) {
  if (header.signature != kGptSignature || header.revision != kGptRevision ||
      header.header_size != sizeof(GptHeader)) {
    return Broken(absl::StrCat(name, " is not there: sector ", own,
                               " has no header of revision 1.0 and 92 bytes"));
  }
  if (header.header_crc != HeaderCrc(header)) {
    return Broken(absl::StrCat(name, " has checksum 0x", absl::Hex(uint32_t{header.header_crc}),
                               "; expected 0x", absl::Hex(HeaderCrc(header))));
  }
  if (header.own_sector != own || header.other_sector != other ||
      header.entries_sector != entries) {
    return Broken(absl::StrCat(name, " is at ", uint64_t{header.own_sector}, " with the other at ",
                               uint64_t{header.other_sector}, " and entries at ",
                               uint64_t{header.entries_sector}, "; expected ", own, ", ", other,
                               " and ", entries));
  }
  if (header.entry_count == kGptEntries && header.entry_size == sizeof(GptEntry)) {
    return absl::OkStatus();
  }
  return Broken(absl::StrCat(name, " has ", uint32_t{header.entry_count}, " entries of ",
                             uint32_t{header.entry_size}, " bytes; expected ", kGptEntries, " of ",
                             sizeof(GptEntry)));
}

absl::Status CheckEntries(std::string_view name, const GptHeader& header,
                          std::string_view entries) {
  if (header.entries_crc == Crc32(entries)) return absl::OkStatus();
  return Broken(absl::StrCat("the entries of ", name, " have checksum 0x",
                             absl::Hex(Crc32(entries)), "; the header says 0x",
                             absl::Hex(uint32_t{header.entries_crc})));
}

absl::Status CheckPartitions(std::vector<GptEntry> partitions, const GptHeader& header) {
  std::sort(partitions.begin(), partitions.end(),
            [](const GptEntry& a, const GptEntry& b) { return a.first_sector < b.first_sector; });
  std::set<Guid> guids = {header.disk};
  uint64_t free = header.first_usable;
  for (const GptEntry& partition : partitions) {
    if (partition.first_sector < free || partition.last_sector < partition.first_sector ||
        partition.last_sector > header.last_usable) {
      return Broken(absl::StrCat("a partition takes sectors ", uint64_t{partition.first_sector},
                                 " to ", uint64_t{partition.last_sector},
                                 "; expected them between ", free, " and ",
                                 uint64_t{header.last_usable}));
    }
    free = partition.last_sector + 1;
    if (!guids.insert(partition.unique).second) {
      return Broken(absl::StrCat("GUID ", GuidText(partition.unique), " is there twice"));
    }
  }
  return absl::OkStatus();
}

std::vector<GptEntry> UsedEntries(std::string_view bytes) {
  std::vector<GptEntry> used;
  for (size_t at = 0; at < bytes.size(); at += sizeof(GptEntry)) {
    const auto entry = FromBytes<GptEntry>(bytes.substr(at));
    if (entry.type != Guid()) used.push_back(entry);
  }
  return used;
}

}  // namespace

absl::StatusOr<std::vector<GptEntry>> ValidateGpt(const ImageView& disk) {
  const uint64_t sectors = disk.size() / kDiskSector;
  if (sectors < kGptFirstUsable + kGptBackupSectors + 1) {
    return Broken(absl::StrCat("a disk of ", sectors, " sectors has no room for one"));
  }
  ABSL_ASSIGN_OR_RETURN(const auto mbr, disk.ReadStruct<Mbr>("the MBR", 0));
  ABSL_RETURN_IF_ERROR(CheckMbr(mbr, sectors));
  const uint64_t last = sectors - 1;
  const uint64_t backup_entries = last - kGptEntrySectors;
  ABSL_ASSIGN_OR_RETURN(const auto header, disk.ReadStruct<GptHeader>("the header", kDiskSector));
  ABSL_RETURN_IF_ERROR(CheckHeader("the header", header, 1, last, 2));
  ABSL_ASSIGN_OR_RETURN(const auto backup,
                        disk.ReadStruct<GptHeader>("the backup header", last * kDiskSector));
  ABSL_RETURN_IF_ERROR(CheckHeader("the backup header", backup, last, 1, backup_entries));
  constexpr size_t kEntriesSize = kGptEntrySectors * kDiskSector;
  ABSL_ASSIGN_OR_RETURN(const std::string entries,
                        disk.Read("the entries", 2 * kDiskSector, kEntriesSize));
  ABSL_RETURN_IF_ERROR(CheckEntries("the table", header, entries));
  ABSL_ASSIGN_OR_RETURN(
      const std::string copy,
      disk.Read("the backup entries", backup_entries * kDiskSector, kEntriesSize));
  ABSL_RETURN_IF_ERROR(CheckEntries("the backup table", backup, copy));
  if (entries != copy || header.disk != backup.disk) {
    return Broken("the table and its backup differ");
  }
  if (header.first_usable < kGptFirstUsable || header.last_usable >= backup_entries) {
    return Broken(absl::StrCat("the usable sectors are ", uint64_t{header.first_usable}, " to ",
                               uint64_t{header.last_usable}, "; expected them between ",
                               kGptFirstUsable, " and ", backup_entries - 1));
  }
  std::vector<GptEntry> partitions = UsedEntries(entries);
  ABSL_RETURN_IF_ERROR(CheckPartitions(partitions, header));
  return partitions;
}

}  // namespace linuxkit
