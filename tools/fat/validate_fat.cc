#include "tools/fat/validate_fat.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/fat/fat_format.h"
#include "tools/fat/fat_geometry.h"
#include "tools/fat/fat_names.h"
#include "tools/fat/fat_table.h"

namespace linuxkit {
namespace {

constexpr uint8_t kDeleted = 0xe5;

absl::Status Broken(std::string_view problem) {
  return absl::DataLossError(absl::StrCat("FAT: ", problem));
}

absl::Status CheckBootSector(const FatBootSector& boot) {
  if (boot.boot_signature != kBootSignature) {
    return Broken(absl::StrCat("the boot sector ends with 0x",
                               absl::Hex(uint16_t{boot.boot_signature}), "; expected 0x",
                               absl::Hex(kBootSignature)));
  }
  if (boot.bytes_per_sector != kFatSector) {
    return Broken(absl::StrCat("sectors have ", uint16_t{boot.bytes_per_sector},
                               " bytes; expected ", kFatSector));
  }
  if (!std::has_single_bit(boot.sectors_per_cluster)) {
    return Broken(absl::StrCat("a cluster has ", int{boot.sectors_per_cluster},
                               " sectors; expected a power of two"));
  }
  if (boot.reserved_sectors == 0 || boot.fat_copies != kFatCopies) {
    return Broken(absl::StrCat("there are ", uint16_t{boot.reserved_sectors},
                               " reserved sectors and ", int{boot.fat_copies},
                               " tables; expected at least 1 and ", kFatCopies));
  }
  return absl::OkStatus();
}

absl::StatusOr<FatGeometry> ReadGeometry(const FatBootSector& boot, uint64_t size) {
  FatGeometry geometry = {.sectors_per_cluster = boot.sectors_per_cluster,
                          .reserved = boot.reserved_sectors,
                          .root_sectors = static_cast<uint32_t>(DivideUp(
                              uint32_t{boot.root_entries} * sizeof(FatEntry), kFatSector))};
  const bool claims_fat32 = boot.fat_sectors_16 == 0;
  geometry.fat_sectors =
      claims_fat32 ? uint32_t{boot.fat_sectors_32} : uint32_t{boot.fat_sectors_16};
  geometry.total = boot.sectors_16 != 0 ? uint32_t{boot.sectors_16} : uint32_t{boot.sectors_32};
  if (geometry.total > size / kFatSector) {
    return Broken(absl::StrCat("the volume has ", geometry.total, " sectors; the image has ",
                               size / kFatSector));
  }
  const uint64_t front = uint64_t{geometry.reserved} + geometry.root_sectors +
                         uint64_t{kFatCopies} * geometry.fat_sectors;
  if (geometry.fat_sectors == 0 || front >= geometry.total) {
    return Broken(absl::StrCat("the data begins at sector ", front, " of ", geometry.total));
  }
  geometry.clusters =
      static_cast<uint32_t>((geometry.total - front) / geometry.sectors_per_cluster);
  geometry.type = FatTypeOf(geometry.clusters);
  if (claims_fat32 != (geometry.type == FatType::kFat32)) {
    return Broken(absl::StrCat("the boot sector is that of ", claims_fat32 ? "FAT32" : "FAT16",
                               ", but ", geometry.clusters, " clusters make it FAT",
                               static_cast<int>(geometry.type), "; FAT32 has at least ",
                               kFat32MinClusters));
  }
  return geometry;
}

// A directory to be read.
struct Directory {
  std::string path;
  uint32_t cluster = 0;  // 0 for the root, also where it has clusters
  uint32_t parent = 0;
};

// The long name in front of an entry, as far as it was read.
struct LongName {
  int missing = 0;  // slots still to come
  bool started = false;
  uint8_t checksum = 0;
};

class FatChecker {
 public:
  FatChecker(const ImageView& image, const FatBootSector& boot, const FatGeometry& geometry,
             FatTable table)
      : image_(image), boot_(boot), geometry_(geometry), table_(std::move(table)) {}

  absl::Status CheckAll() {
    directories_.push_back({.path = "/"});
    while (!directories_.empty()) {
      const Directory directory = std::move(directories_.back());
      directories_.pop_back();
      ABSL_RETURN_IF_ERROR(CheckDirectory(directory));
    }
    const absl::StatusOr<uint32_t> free = table_.CountFree();
    if (!free.ok()) return Broken(free.status().message());
    if (geometry_.type != FatType::kFat32) return absl::OkStatus();
    return CheckFat32Sectors(*free);
  }

 private:
  absl::StatusOr<std::vector<uint32_t>> TakeChain(std::string_view path, uint32_t first) {
    absl::StatusOr<std::vector<uint32_t>> chain = table_.TakeChain(first);
    if (!chain.ok()) return Broken(absl::StrCat(path, ": ", chain.status().message()));
    return chain;
  }

  absl::StatusOr<std::string> ReadDirectory(const Directory& directory) {
    const bool is_root = directory.cluster == 0;
    if (is_root && geometry_.type != FatType::kFat32) {
      const uint64_t start = geometry_.data_start() - geometry_.root_sectors;
      return image_.Read("the root directory", start * kFatSector,
                         size_t{geometry_.root_sectors} * kFatSector);
    }
    const uint32_t first = is_root ? uint32_t{boot_.root_cluster} : directory.cluster;
    ABSL_ASSIGN_OR_RETURN(const std::vector<uint32_t> chain, TakeChain(directory.path, first));
    if (chain.size() * geometry_.cluster_bytes() > kFatMaxDirectoryEntries * sizeof(FatEntry)) {
      return Broken(absl::StrCat(directory.path, ": the directory has ", chain.size(),
                                 " clusters, more than ", kFatMaxDirectoryEntries, " entries"));
    }
    std::string bytes;
    for (const uint32_t cluster : chain) {
      ABSL_ASSIGN_OR_RETURN(
          const std::string part,
          image_.Read(directory.path, geometry_.OffsetOf(cluster), geometry_.cluster_bytes()));
      bytes.append(part);
    }
    return bytes;
  }

  absl::Status CheckDirectory(const Directory& directory) {
    ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadDirectory(directory));
    std::set<FatShortName> names;
    LongName long_name;
    for (size_t at = 0; at + sizeof(FatEntry) <= bytes.size(); at += sizeof(FatEntry)) {
      const FatEntry entry = FromBytes<FatEntry>(std::string_view(bytes).substr(at));
      if (entry.name[0] == '\0') break;
      if (static_cast<uint8_t>(entry.name[0]) == kDeleted) continue;
      const size_t index = at / sizeof(FatEntry);
      if (entry.attributes == kFatLongName) {
        ABSL_RETURN_IF_ERROR(
            TakeSlot(directory, FromBytes<FatLongNameSlot>(BytesOf(entry)), long_name));
        continue;
      }
      ABSL_RETURN_IF_ERROR(CheckLongName(directory, entry, std::exchange(long_name, {})));
      if (!names.insert(entry.name).second) {
        return Broken(absl::StrCat(PathOf(directory, entry), ": the short name is there twice"));
      }
      ABSL_RETURN_IF_ERROR(CheckEntry(directory, entry, index));
    }
    return absl::OkStatus();
  }

  static std::string PathOf(const Directory& directory, const FatEntry& entry) {
    return absl::StrCat(directory.path,
                        absl::CHexEscape(std::string_view(entry.name.data(), entry.name.size())));
  }

  static absl::Status TakeSlot(const Directory& directory, const FatLongNameSlot& slot,
                               LongName& name) {
    const int number = slot.sequence & ~slot.kLast;
    const bool begins = (slot.sequence & slot.kLast) != 0;
    const bool follows = name.started && number == name.missing && slot.checksum == name.checksum;
    if (number == 0 || begins == name.started || (!begins && !follows)) {
      return Broken(absl::StrCat(directory.path, ": a long name has the part ", int{slot.sequence},
                                 " out of order"));
    }
    name = {.missing = number - 1, .started = true, .checksum = slot.checksum};
    return absl::OkStatus();
  }

  static absl::Status CheckLongName(const Directory& directory, const FatEntry& entry,
                                    const LongName& name) {
    if (!name.started) return absl::OkStatus();
    if (name.missing == 0 && name.checksum == ShortNameChecksum(entry.name)) {
      return absl::OkStatus();
    }
    return Broken(absl::StrCat(PathOf(directory, entry), ": the long name in front of it lacks ",
                               name.missing, " parts and has checksum ", int{name.checksum},
                               "; expected ", int{ShortNameChecksum(entry.name)}));
  }

  absl::Status CheckEntry(const Directory& directory, const FatEntry& entry, size_t index) {
    if ((entry.attributes & kFatVolumeLabel) != 0) return absl::OkStatus();
    const bool is_dot = entry.name[0] == '.';
    const bool must_be_dot = directory.cluster != 0 && index < 2;
    if (is_dot || must_be_dot) return CheckDot(directory, entry, index);
    if ((entry.attributes & kFatDirectory) != 0) {
      directories_.push_back({.path = PathOf(directory, entry) + "/",
                              .cluster = entry.cluster(),
                              .parent = directory.cluster});
      if (entry.cluster() != 0) return absl::OkStatus();
      return Broken(absl::StrCat(PathOf(directory, entry), ": the directory has no cluster"));
    }
    return CheckFile(PathOf(directory, entry), entry);
  }

  static absl::Status CheckDot(const Directory& directory, const FatEntry& entry, size_t index) {
    const std::string_view expected_name = index == 0 ? "." : "..";
    const uint32_t expected = index == 0 ? directory.cluster : directory.parent;
    if (directory.cluster != 0 && index < 2 && entry.name == TextField<11>(expected_name) &&
        entry.cluster() == expected) {
      return absl::OkStatus();
    }
    return Broken(absl::StrCat(PathOf(directory, entry), ": entry ", index, " points to cluster ",
                               entry.cluster(), "; expected \"", expected_name, "\" and ",
                               expected));
  }

  absl::Status CheckFile(const std::string& path, const FatEntry& entry) {
    std::vector<uint32_t> chain;
    if (entry.cluster() != 0) {
      ABSL_ASSIGN_OR_RETURN(chain, TakeChain(path, entry.cluster()));
    }
    const uint64_t expected = DivideUp(entry.size, geometry_.cluster_bytes());
    if (chain.size() == expected) return absl::OkStatus();
    return Broken(absl::StrCat(path, ": a file of ", uint32_t{entry.size}, " bytes has ",
                               chain.size(), " clusters; expected ", expected));
  }

  absl::Status CheckFat32Sectors(uint32_t free) const {
    ABSL_ASSIGN_OR_RETURN(
        const auto info, image_.ReadStruct<FatFsInfo>("the information sector",
                                                      uint64_t{boot_.fs_info_sector} * kFatSector));
    if (info.lead != kFsInfoLead || info.structure != kFsInfoStructure) {
      return Broken("the information sector has no signature");
    }
    if (info.free_clusters != free) {
      return Broken(absl::StrCat("the information sector counts ", uint32_t{info.free_clusters},
                                 " free clusters; expected ", free));
    }
    ABSL_ASSIGN_OR_RETURN(const std::string backup,
                          image_.Read("the backup boot sector",
                                      uint64_t{boot_.backup_boot_sector} * kFatSector, kFatSector));
    if (backup == BytesOf(boot_)) return absl::OkStatus();
    return Broken("the backup boot sector differs from the boot sector");
  }

  const ImageView& image_;
  const FatBootSector& boot_;
  const FatGeometry& geometry_;
  FatTable table_;
  std::vector<Directory> directories_;
};

// Reads one table and compares the other, a sector at a time as it need not be kept.
absl::StatusOr<std::string> ReadTables(const ImageView& image, const FatGeometry& geometry) {
  const uint64_t needed =
      (uint64_t{geometry.clusters} + kFirstCluster) * static_cast<uint64_t>(geometry.type);
  if (needed > uint64_t{geometry.fat_sectors} * kFatSector * 8) {
    return Broken(absl::StrCat("a table of ", geometry.fat_sectors, " sectors is too small for ",
                               geometry.clusters, " clusters"));
  }
  const uint64_t start = uint64_t{geometry.reserved} * kFatSector;
  const uint64_t size = uint64_t{geometry.fat_sectors} * kFatSector;
  ABSL_ASSIGN_OR_RETURN(std::string table, image.Read("the table", start, size));
  for (uint64_t at = 0; at < size; at += kFatSector) {
    ABSL_ASSIGN_OR_RETURN(const std::string copy,
                          image.Read("the second table", start + size + at, kFatSector));
    if (copy != std::string_view(table).substr(at, kFatSector)) {
      return Broken(absl::StrCat("the two tables differ in sector ", at / kFatSector));
    }
  }
  if (static_cast<uint8_t>(table[0]) == kFatMedia) return table;
  return Broken(absl::StrCat("the table begins with 0x", absl::Hex(static_cast<uint8_t>(table[0])),
                             "; expected 0x", absl::Hex(kFatMedia)));
}

}  // namespace

absl::Status ValidateFat(const ImageView& image) {
  ABSL_ASSIGN_OR_RETURN(const auto boot,
                        image.ReadStruct<FatBootSector>("FAT: the boot sector", 0));
  ABSL_RETURN_IF_ERROR(CheckBootSector(boot));
  ABSL_ASSIGN_OR_RETURN(const FatGeometry geometry, ReadGeometry(boot, image.size()));
  ABSL_ASSIGN_OR_RETURN(std::string bytes, ReadTables(image, geometry));
  FatTable table(geometry.type, geometry.clusters, std::move(bytes));
  return FatChecker(image, boot, geometry, std::move(table)).CheckAll();
}

}  // namespace linuxkit
