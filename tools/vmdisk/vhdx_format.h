// Structures of a VHDX file ([MS-VHDX] 2).
//
//     0  file identifier
//    64K two headers of 4 KiB, each in 64 KiB; the one with the higher sequence number counts
//   192K two copies of the region table, which says where BAT and metadata are
//     1M log, empty
//     2M metadata region: table, and from 64 KiB on what it points to
//     3M block allocation table (BAT)
//     … payload blocks
#ifndef TOOLS_VMDISK_VHDX_FORMAT_H_
#define TOOLS_VMDISK_VHDX_FORMAT_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "tools/disk/fields.h"
#include "tools/gpt/guid.h"

namespace linuxkit {

inline constexpr uint64_t kVhdxMaxSize = uint64_t{64} << 40;
inline constexpr uint32_t kVhdxLogicalSector = 512;
inline constexpr uint32_t kVhdxPhysicalSector = 4096;
// Every offset and length of a region or block is a multiple of it.
inline constexpr uint64_t kVhdxAlignment = 1 << 20;
inline constexpr uint64_t kVhdxMaxBlock = 256 << 20;
// A sector bitmap block describes so many sectors (2.4).
inline constexpr uint64_t kVhdxBitmapSectors = 1 << 23;

// 2.2.1, UTF-16 for `creator`.
struct VhdxFileIdentifier {
  std::array<char, 8> signature;              // "vhdxfile"
  std::array<Little<uint16_t>, 256> creator;  // 8
};
static_assert(sizeof(VhdxFileIdentifier) == 520);

// 2.2.2
struct VhdxHeader {
  std::array<char, 4> signature;         //  0: "head"
  Little<uint32_t> checksum;             //  4: CRC-32C of the structure with 0 here
  Little<uint64_t> sequence_number;      //  8
  Guid file_write;                       // 16
  Guid data_write;                       // 32
  Guid log;                              // 48: zero, the log is empty
  Little<uint16_t> log_version;          // 64
  Little<uint16_t> version;              // 66
  Little<uint32_t> log_length;           // 68
  Little<uint64_t> log_offset;           // 72
  std::array<uint8_t, 4016> reserved{};  // 80
};
static_assert(sizeof(VhdxHeader) == 4096);

// 2.2.3.2
struct VhdxRegion {
  Guid id;
  Little<uint64_t> offset;
  Little<uint32_t> length;
  Little<uint32_t> required;
};
static_assert(sizeof(VhdxRegion) == 32);

// 2.2.3.1
struct VhdxRegionTable {
  std::array<char, 4> signature;             // "regi"
  Little<uint32_t> checksum;                 //  4: as in the header
  Little<uint32_t> count;                    //  8
  Little<uint32_t> reserved;                 // 12
  std::array<VhdxRegion, 2> regions;         // 16
  std::array<uint8_t, 65536 - 80> unused{};  // 80
};
static_assert(sizeof(VhdxRegionTable) == 65536);

// 2.6.1.2
struct VhdxMetadataEntry {
  Guid id;
  Little<uint32_t> offset;  // from the region's start
  Little<uint32_t> length;
  Little<uint32_t> flags;
  Little<uint32_t> reserved;
};
static_assert(sizeof(VhdxMetadataEntry) == 32);
inline constexpr uint32_t kVhdxOfVirtualDisk = 2;
inline constexpr uint32_t kVhdxRequired = 4;

// 2.6.1.1
struct VhdxMetadataTable {
  std::array<char, 8> signature;  // "metadata"
  Little<uint16_t> reserved1;
  Little<uint16_t> count;  // 10
  std::array<uint8_t, 20> reserved2{};
  std::array<VhdxMetadataEntry, 5> entries;  // 32
};
static_assert(sizeof(VhdxMetadataTable) == 192);

// 2.6.2, one behind the other at 64 KiB of the region.
struct VhdxMetadata {
  Little<uint32_t> block_size;  //  0
  Little<uint32_t> flags;       //  4: has no parent, and blocks may be missing
  Little<uint64_t> disk_size;   //  8
  Guid page_83;                 // 16: the disk's identity
  Little<uint32_t> logical_sector;
  Little<uint32_t> physical_sector;
};
static_assert(sizeof(VhdxMetadata) == 40);

inline constexpr std::string_view kVhdxBatRegion = "2DC27766-F623-4200-9D64-115E9BFD4A08";
inline constexpr std::string_view kVhdxMetadataRegion = "8B7CA206-4790-4B9A-B8FE-575F050F886E";
inline constexpr std::string_view kVhdxFileParameters = "CAA16737-FA36-4D43-B3B6-33F0AA44E76B";
inline constexpr std::string_view kVhdxDiskSize = "2FA54224-CD1B-4876-B211-5DBED83BF4B8";
inline constexpr std::string_view kVhdxPage83 = "BECA12AB-B2E6-4523-93EF-C309E000C746";
inline constexpr std::string_view kVhdxLogicalSectorSize = "8141BF1D-A96F-4709-BA47-F233A8FAAB5F";
inline constexpr std::string_view kVhdxPhysicalSectorSize = "CDA348C7-445D-4471-9CC9-E9885251C556";

// States of a payload block (2.5.1.1), the low bits of its entry in the BAT; the others are the
// block's offset. A block that is "not present" has undefined content; one in state "zero" has not.
inline constexpr uint64_t kVhdxBlockZero = 2;
inline constexpr uint64_t kVhdxBlockPresent = 6;

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VHDX_FORMAT_H_
