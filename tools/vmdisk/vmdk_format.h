// Structures of a stream-optimized VMDK (VMware Virtual Disk Format 5.0, "Stream-Optimized
// Compressed Sparse Extents"). Everything is counted in sectors of 512 bytes:
//
//   0    header
//   1    descriptor, a text
//   128  grains: 64 KiB of the disk each, compressed, behind a marker; after the grains of 32 MiB
//        of the disk a marker and the table of their positions
//   …    marker and directory: the positions of the tables
//   …    marker and footer: the header again, with the directory's position
//   …    end marker, all zeros
#ifndef TOOLS_VMDISK_VMDK_FORMAT_H_
#define TOOLS_VMDISK_VMDK_FORMAT_H_

#include <array>
#include <cstdint>

#include "tools/disk/fields.h"

namespace linuxkit {

inline constexpr uint64_t kVmdkSector = 512;
inline constexpr uint64_t kVmdkGrain = 64 << 10;
inline constexpr uint32_t kVmdkTableEntries = 512;
inline constexpr uint64_t kVmdkTableSpan = kVmdkTableEntries * kVmdkGrain;
inline constexpr uint64_t kVmdkDescriptorSectors = 20;
inline constexpr uint64_t kVmdkOverhead = 128;
// What vSphere has as the largest disk.
inline constexpr uint64_t kVmdkMaxSize = uint64_t{62} << 40;

// Positions in tables have 32 bits.
inline constexpr uint64_t kVmdkMaxSectors = UINT32_MAX;

// The directory is at the end, where the footer tells.
inline constexpr uint64_t kVmdkAtEnd = UINT64_MAX;

enum VmdkFlag : uint32_t {
  kVmdkNewlineTest = 1 << 0,
  kVmdkCompressed = 1 << 16,
  kVmdkMarkers = 1 << 17,
};

struct VmdkHeader {
  std::array<char, 4> magic = {'K', 'D', 'M', 'V'};           //  0
  Little<uint32_t> version = 3;                               //  4: ESXi takes no older one
  Little<uint32_t> flags;                                     //  8
  Little<uint64_t> capacity;                                  // 12
  Little<uint64_t> grain_size = kVmdkGrain / kVmdkSector;     // 20
  Little<uint64_t> descriptor_offset = 1;                     // 28
  Little<uint64_t> descriptor_size = kVmdkDescriptorSectors;  // 36
  Little<uint32_t> table_entries = kVmdkTableEntries;         // 44
  Little<uint64_t> redundant_directory_offset;                // 48: none
  Little<uint64_t> directory_offset = kVmdkAtEnd;             // 56
  Little<uint64_t> overhead = kVmdkOverhead;                  // 64
  uint8_t unclean_shutdown = 0;                               // 72
  // Shows whether somebody converted the file's line ends.
  std::array<char, 4> newline_test = {'\n', ' ', '\r', '\n'};  // 73
  Little<uint16_t> compression = uint16_t{1};                  // 77: deflate
  std::array<uint8_t, 433> unused{};                           // 79
};
static_assert(sizeof(VmdkHeader) == kVmdkSector);

// In front of a zlib stream (RFC 1950); both together are padded to a sector.
struct VmdkGrainMarker {
  Little<uint64_t> position;  // on the disk
  Little<uint32_t> size;      // of the stream
};
static_assert(sizeof(VmdkGrainMarker) == 12);

struct VmdkMarker {
  enum Type : uint32_t { kEnd = 0, kTable = 1, kDirectory = 2, kFooter = 3 };

  Little<uint64_t> sectors;  // that follow
  Little<uint32_t> size;     // 0: this is no grain
  Little<uint32_t> type;
  std::array<uint8_t, 496> unused{};
};
static_assert(sizeof(VmdkMarker) == kVmdkSector);

using VmdkTable = std::array<Little<uint32_t>, kVmdkTableEntries>;
static_assert(sizeof(VmdkTable) == 4 * kVmdkSector);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VMDK_FORMAT_H_
