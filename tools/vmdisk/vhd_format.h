// Structures of virtual hard disks (Microsoft Virtual Hard Disk Image Format Specification 1.0). A
// footer, the last sector of the file, makes a raw disk a fixed VHD. A dynamic one has a copy of
// the footer in front, a header, a table of where blocks are, and the blocks.
#ifndef TOOLS_VMDISK_VHD_FORMAT_H_
#define TOOLS_VMDISK_VHD_FORMAT_H_

#include <array>
#include <cstdint>

#include "tools/disk/fields.h"
#include "tools/gpt/guid.h"

namespace linuxkit {

inline constexpr uint64_t kVhdSector = 512;
inline constexpr uint32_t kVhdVersion = 0x00010000;
inline constexpr uint64_t kVhdNowhere = UINT64_MAX;
inline constexpr uint32_t kVhdHole = UINT32_MAX;

enum VhdType : uint32_t { kVhdFixed = 2, kVhdDynamic = 3 };

struct VhdGeometry {
  Big<uint16_t> cylinders;
  uint8_t heads = 0;
  uint8_t sectors = 0;
};

struct VhdFooter {
  std::array<char, 8> cookie = TextField<8>("conectix");  //  0
  // Of which only the bit that is always set.
  Big<uint32_t> features = 2u;                  //  8
  Big<uint32_t> version = kVhdVersion;          // 12
  Big<uint64_t> data_offset = kVhdNowhere;      // 16: of the header
  Big<uint32_t> time;                           // 24: in seconds since 2000
  std::array<char, 4> creator;                  // 28
  Big<uint32_t> creator_version = kVhdVersion;  // 32
  // The specification knows Windows and Macintosh.
  std::array<char, 4> creator_system = TextField<4>("Wi2k");  // 36
  Big<uint64_t> original_size;                                // 40
  Big<uint64_t> current_size;                                 // 48
  VhdGeometry geometry;                                       // 56
  Big<uint32_t> type;                                         // 60
  Big<uint32_t> checksum;                                     // 64
  Guid id;                                                    // 68
  uint8_t saved_state = 0;                                    // 84
  std::array<uint8_t, 427> reserved{};                        // 85
};
static_assert(sizeof(VhdFooter) == kVhdSector);

struct VhdHeader {
  std::array<char, 8> cookie = TextField<8>("cxsparse");  //    0
  Big<uint64_t> data_offset = kVhdNowhere;                //    8: unused
  Big<uint64_t> table_offset;                             //   16
  Big<uint32_t> version = kVhdVersion;                    //   24
  Big<uint32_t> entries;                                  //   28: of the table
  Big<uint32_t> block_size;                               //   32
  Big<uint32_t> checksum;                                 //   36
  // For disks that are differences to another.
  std::array<uint8_t, 984> parent{};  //   40
};
static_assert(sizeof(VhdHeader) == 2 * kVhdSector);

// The one's complement of the sum of all bytes, the field itself taken as zeros.
template <typename T>
uint32_t VhdChecksum(T structure) {
  structure.checksum = 0u;
  uint32_t sum = 0;
  for (const char byte : BytesOf(structure)) sum += static_cast<uint8_t>(byte);
  return ~sum;
}

// Cylinders, heads and sectors as the specification's appendix computes them: about the size of
// the disk, never more.
VhdGeometry VhdGeometryOf(uint64_t disk_size);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VHD_FORMAT_H_
