// The GUID partition table (UEFI specification 5.3): header and entries at the start of the disk,
// a copy of both at its end.
#ifndef TOOLS_GPT_GPT_FORMAT_H_
#define TOOLS_GPT_GPT_FORMAT_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "tools/disk/fields.h"
#include "tools/gpt/guid.h"
#include "tools/gpt/mbr.h"

namespace linuxkit {

inline constexpr uint32_t kGptRevision = 0x00010000;
inline constexpr uint32_t kGptEntries = 128;
inline constexpr size_t kGptNameUnits = 36;
// Of the entries, in sectors.
inline constexpr uint64_t kGptEntrySectors = 32;
// The first sector that a partition may take: behind MBR, header and entries.
inline constexpr uint64_t kGptFirstUsable = 2 + kGptEntrySectors;
// Sectors at the end of the disk that no partition may take.
inline constexpr uint64_t kGptBackupSectors = 1 + kGptEntrySectors;

struct GptHeader {
  std::array<char, 8> signature{};  //  0: "EFI PART"
  Little<uint32_t> revision;        //  8
  Little<uint32_t> header_size;     // 12
  Little<uint32_t> header_crc;      // 16: of the header with zeros here
  Little<uint32_t> reserved;        // 20
  Little<uint64_t> own_sector;      // 24
  Little<uint64_t> other_sector;    // 32: where the other header is
  Little<uint64_t> first_usable;    // 40
  Little<uint64_t> last_usable;     // 48
  Guid disk;                        // 56
  Little<uint64_t> entries_sector;  // 72
  Little<uint32_t> entry_count;     // 80
  Little<uint32_t> entry_size;      // 84
  Little<uint32_t> entries_crc;     // 88
};
static_assert(sizeof(GptHeader) == 92);
inline constexpr std::array<char, 8> kGptSignature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'};

struct GptEntry {
  Guid type;                                           //  0: zeros if unused
  Guid unique;                                         // 16
  Little<uint64_t> first_sector;                       // 32
  Little<uint64_t> last_sector;                        // 40: the last one inside
  Little<uint64_t> attributes;                         // 48
  std::array<Little<uint16_t>, kGptNameUnits> name{};  // 56
};
static_assert(sizeof(GptEntry) == 128);
static_assert(kGptEntries * sizeof(GptEntry) == kGptEntrySectors * kDiskSector);

// CRC-32 of IEEE 802.3, as zlib computes it.
uint32_t Crc32(std::string_view bytes);

// The header's checksum, whatever its field says.
uint32_t HeaderCrc(GptHeader header);

}  // namespace linuxkit

#endif  // TOOLS_GPT_GPT_FORMAT_H_
