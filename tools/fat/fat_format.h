// Structures of a FAT file system (Microsoft FAT32 File System Specification 1.03), shared by the
// writer and the validator.
//
// A volume is: reserved sectors (boot sector first), two copies of the file allocation table, on
// FAT12 and FAT16 the root directory, then the data clusters, numbered from 2. The type follows
// from the number of data clusters alone.
#ifndef TOOLS_FAT_FAT_FORMAT_H_
#define TOOLS_FAT_FAT_FORMAT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/disk/fields.h"

namespace linuxkit {

enum class FatType { kFat12 = 12, kFat16 = 16, kFat32 = 32 };  // bits of a table entry

inline constexpr uint32_t kFatSector = 512;
inline constexpr uint32_t kFatCopies = 2;
inline constexpr uint32_t kFirstCluster = 2;
inline constexpr uint32_t kFat16MinClusters = 4085;
inline constexpr uint32_t kFat32MinClusters = 65525;
inline constexpr uint32_t kFat32MaxClusters = 0x0ffffff5;
inline constexpr uint8_t kFatMedia = 0xf8;  // fixed disk
inline constexpr uint64_t kFatMaxFileSize = 0xffffffff;
inline constexpr size_t kFatMaxNameUnits = 255;
inline constexpr uint32_t kFatRootEntries = 512;  // FAT12 and FAT16
inline constexpr uint32_t kFatMaxDirectoryEntries = 65536;

inline constexpr uint32_t kFsInfoSector = 1;
inline constexpr uint32_t kBackupBootSector = 6;
inline constexpr uint32_t kFsInfoLead = 0x41615252;       // "RRaA"
inline constexpr uint32_t kFsInfoStructure = 0x61417272;  // "rrAa"
inline constexpr uint16_t kBootSignature = 0xaa55;
inline constexpr uint8_t kFatVolumeSignature = 0x29;
inline constexpr uint8_t kFirstHardDisk = 0x80;  // as the BIOS numbers drives

inline constexpr FatType FatTypeOf(uint64_t clusters) {
  if (clusters < kFat16MinClusters) return FatType::kFat12;
  return clusters < kFat32MinClusters ? FatType::kFat16 : FatType::kFat32;
}

// The end of both kinds of boot sector's parameters.
struct FatVolumeFields {
  uint8_t drive = 0;
  uint8_t reserved = 0;
  uint8_t signature = 0;  // kFatVolumeSignature: the next three are there
  Little<uint32_t> serial;
  std::array<char, 11> label;
  std::array<char, 8> type;
};

struct FatBootSector {
  std::array<uint8_t, 3> jump;         //  0
  std::array<char, 8> oem_name;        //  3
  Little<uint16_t> bytes_per_sector;   // 11
  uint8_t sectors_per_cluster = 0;     // 13
  Little<uint16_t> reserved_sectors;   // 14
  uint8_t fat_copies = kFatCopies;     // 16
  Little<uint16_t> root_entries;       // 17
  Little<uint16_t> sectors_16;         // 19
  uint8_t media = kFatMedia;           // 21
  Little<uint16_t> fat_sectors_16;     // 22
  Little<uint16_t> sectors_per_track;  // 24
  Little<uint16_t> heads;              // 26
  Little<uint32_t> hidden_sectors;     // 28
  Little<uint32_t> sectors_32;         // 32
  // FAT12 and FAT16 have FatVolumeFields here, at 36.
  Little<uint32_t> fat_sectors_32;      // 36
  Little<uint16_t> flags;               // 40
  Little<uint16_t> version;             // 42
  Little<uint32_t> root_cluster;        // 44
  Little<uint16_t> fs_info_sector;      // 48
  Little<uint16_t> backup_boot_sector;  // 50
  std::array<uint8_t, 12> reserved{};   // 52
  FatVolumeFields volume;               // 64
  std::array<uint8_t, 420> code{};      // 90
  Little<uint16_t> boot_signature;      // 510
};
static_assert(sizeof(FatBootSector) == kFatSector);
inline constexpr size_t kFat16VolumeFields = 36;
inline constexpr size_t kFat32VolumeFields = 64;
static_assert(offsetof(FatBootSector, volume) == kFat32VolumeFields);

struct FatFsInfo {
  Little<uint32_t> lead;  //   0
  std::array<uint8_t, 480> reserved1{};
  Little<uint32_t> structure;      // 484
  Little<uint32_t> free_clusters;  // 488
  Little<uint32_t> next_free;      // 492
  std::array<uint8_t, 12> reserved2{};
  Little<uint32_t> trail;  // 508: 0xaa550000
};
static_assert(sizeof(FatFsInfo) == kFatSector);

enum FatAttribute : uint8_t {
  kFatVolumeLabel = 0x08,
  kFatDirectory = 0x10,
  kFatArchive = 0x20,
  kFatLongName = 0x0f,
};

struct FatEntry {
  std::array<char, 11> name;       //  0
  uint8_t attributes = 0;          // 11
  uint8_t case_bits = 0;           // 12
  uint8_t created_hundredths = 0;  // 13
  Little<uint16_t> created_time;   // 14
  Little<uint16_t> created_date;   // 16
  Little<uint16_t> accessed_date;  // 18
  Little<uint16_t> cluster_high;   // 20
  Little<uint16_t> modified_time;  // 22
  Little<uint16_t> modified_date;  // 24
  Little<uint16_t> cluster_low;    // 26
  Little<uint32_t> size;           // 28

  uint32_t cluster() const { return uint32_t{cluster_high} << 16 | cluster_low; }
};
static_assert(sizeof(FatEntry) == 32);

// One slot of a long name; the last part comes first, in front of the entry that it names.
struct FatLongNameSlot {
  static constexpr size_t kUnits = 13;
  static constexpr uint8_t kLast = 0x40;

  uint8_t sequence = 0;                    //  0: from 1, kLast set in the last part
  std::array<Little<uint16_t>, 5> units1;  //  1
  uint8_t attributes = kFatLongName;       // 11
  uint8_t type = 0;                        // 12
  uint8_t checksum = 0;                    // 13: of the short name
  std::array<Little<uint16_t>, 6> units2;  // 14
  Little<uint16_t> cluster;                // 26: 0
  std::array<Little<uint16_t>, 2> units3;  // 28

  Little<uint16_t>& unit(size_t i) {
    return i < 5 ? units1[i] : i < 11 ? units2[i - 5] : units3[i - 11];
  }
};
static_assert(sizeof(FatLongNameSlot) == sizeof(FatEntry));

inline uint8_t ShortNameChecksum(const std::array<char, 11>& name) {
  uint8_t sum = 0;
  for (const char c : name) {
    sum = static_cast<uint8_t>((sum << 7 | sum >> 1) + static_cast<uint8_t>(c));
  }
  return sum;
}

}  // namespace linuxkit

#endif  // TOOLS_FAT_FAT_FORMAT_H_
