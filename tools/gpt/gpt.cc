#include "tools/gpt/gpt.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"
#include "tools/disk/utf16.h"
#include "tools/gpt/gpt_format.h"

namespace linuxkit {
namespace {

absl::Status CheckPlaces(const GptDisk& disk) {
  if (disk.sectors < kGptFirstUsable + kGptBackupSectors + 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a disk of ", disk.sectors, " sectors is too small for a GPT; expected at least ",
        kGptFirstUsable + kGptBackupSectors + 1));
  }
  if (disk.partitions.size() > kGptEntries) {
    return absl::InvalidArgumentError(absl::StrCat("there are ", disk.partitions.size(),
                                                   " partitions; a GPT has at most ", kGptEntries));
  }
  std::vector<GptPartition> sorted = disk.partitions;
  std::sort(sorted.begin(), sorted.end(), [](const GptPartition& a, const GptPartition& b) {
    return a.first_sector < b.first_sector;
  });
  uint64_t usable = kGptFirstUsable;
  for (const GptPartition& partition : sorted) {
    const uint64_t end = partition.first_sector + partition.sectors;
    if (partition.first_sector < usable || partition.sectors == 0 ||
        end > disk.sectors - kGptBackupSectors) {
      return absl::InvalidArgumentError(
          absl::StrCat("partition \"", partition.name, "\" takes ", partition.sectors,
                       " sectors at ", partition.first_sector, "; expected at least one, between ",
                       usable, " and ", disk.sectors - kGptBackupSectors));
    }
    usable = end;
  }
  return absl::OkStatus();
}

absl::StatusOr<GptEntry> Encode(const GptPartition& partition, const Guid& unique) {
  GptEntry entry = {.type = partition.type,
                    .unique = unique,
                    .first_sector = partition.first_sector,
                    .last_sector = partition.first_sector + partition.sectors - 1,
                    .attributes = partition.attributes};
  ABSL_ASSIGN_OR_RETURN(const std::u16string name, Utf16FromUtf8(partition.name));
  if (name.size() > kGptNameUnits) {
    return absl::InvalidArgumentError(
        absl::StrCat("the partition name \"", partition.name, "\" has ", name.size(),
                     " UTF-16 units; expected at most ", kGptNameUnits));
  }
  for (size_t i = 0; i < name.size(); ++i) entry.name[i] = static_cast<uint16_t>(name[i]);
  return entry;
}

absl::StatusOr<std::string> EncodeEntries(const GptDisk& disk, std::string_view seed) {
  std::string entries;
  for (size_t i = 0; i < disk.partitions.size(); ++i) {
    const GptPartition& partition = disk.partitions[i];
    const Guid derived = DeriveGuid(seed, absl::StrCat("partition ", i + 1));
    ABSL_ASSIGN_OR_RETURN(const GptEntry entry,
                          Encode(partition, partition.unique.value_or(derived)));
    entries.append(BytesOf(entry));
  }
  entries.resize(kGptEntrySectors * kDiskSector);
  return entries;
}

GptHeader MakeHeader(const GptDisk& disk, const Guid& id, std::string_view entries) {
  GptHeader header = {.signature = kGptSignature,
                      .revision = kGptRevision,
                      .header_size = static_cast<uint32_t>(sizeof(GptHeader)),
                      .own_sector = uint64_t{1},
                      .other_sector = disk.sectors - 1,
                      .first_usable = kGptFirstUsable,
                      .last_usable = disk.sectors - kGptBackupSectors - 1,
                      .disk = id,
                      .entries_sector = uint64_t{2},
                      .entry_count = kGptEntries,
                      .entry_size = static_cast<uint32_t>(sizeof(GptEntry)),
                      .entries_crc = Crc32(entries)};
  header.header_crc = HeaderCrc(header);
  return header;
}

GptHeader BackupOf(GptHeader header) {
  std::swap(header.own_sector, header.other_sector);
  header.entries_sector = header.own_sector - kGptEntrySectors;
  header.header_crc = HeaderCrc(header);
  return header;
}

}  // namespace

absl::Status AddGptTables(const GptDisk& disk, Extents& extents) {
  ABSL_RETURN_IF_ERROR(CheckPlaces(disk));
  const std::string seed = Hex(extents.Fingerprint());
  ABSL_ASSIGN_OR_RETURN(const std::string entries, EncodeEntries(disk, seed));
  const GptHeader header = MakeHeader(disk, disk.id.value_or(DeriveGuid(seed, "disk")), entries);
  const GptHeader backup = BackupOf(header);
  for (const GptHeader& copy : {header, backup}) {
    ABSL_RETURN_IF_ERROR(extents.Add(copy.entries_sector * kDiskSector, Content::OfBytes(entries)));
    ABSL_RETURN_IF_ERROR(
        extents.Add(copy.own_sector * kDiskSector, Content::OfBytes(std::string(BytesOf(copy)))));
  }
  extents.set_size(disk.sectors * kDiskSector);
  return absl::OkStatus();
}

absl::Status AddGpt(const GptDisk& disk, Mbr mbr, Extents& extents) {
  mbr.partitions[0] = ProtectivePartition(disk.sectors);
  if (mbr.code != Mbr().code) mbr.partitions[1] = DummyActivePartition();
  ABSL_RETURN_IF_ERROR(AddGptTables(disk, extents));
  return extents.Add(0, Content::OfBytes(std::string(BytesOf(mbr))));
}

}  // namespace linuxkit
