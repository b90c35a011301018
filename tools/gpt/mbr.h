// The master boot record: boot code and a table of four partitions.
#ifndef TOOLS_GPT_MBR_H_
#define TOOLS_GPT_MBR_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/disk/fields.h"

namespace linuxkit {

inline constexpr uint32_t kDiskSector = 512;
inline constexpr size_t kMbrCodeSize = 440;
inline constexpr uint16_t kMbrSignature = 0xaa55;
inline constexpr uint8_t kMbrActive = 0x80;

enum MbrType : uint8_t {
  kMbrEmpty = 0x00,
  kMbrFat32 = 0x0c,
  kMbrHiddenIso = 0x17,  // what isohybrid images use
  kMbrLinux = 0x83,
  kMbrProtective = 0xee,
  kMbrEsp = 0xef,
};

struct MbrPartition {
  uint8_t status = 0;                  //  0: kMbrActive or 0
  std::array<uint8_t, 3> first_chs{};  //  1
  uint8_t type = kMbrEmpty;            //  4
  std::array<uint8_t, 3> last_chs{};   //  5
  Little<uint32_t> first_sector;       //  8
  Little<uint32_t> sectors;            // 12
};
static_assert(sizeof(MbrPartition) == 16);

struct Mbr {
  std::array<char, kMbrCodeSize> code{};       //   0
  Little<uint32_t> disk_id;                    // 440
  Little<uint16_t> reserved;                   // 444
  std::array<MbrPartition, 4> partitions{};    // 446
  Little<uint16_t> signature = kMbrSignature;  // 510
};
static_assert(sizeof(Mbr) == kDiskSector);

// An entry with both kinds of addresses. Cylinders are those of 255 heads and 63 sectors, as BIOSes
// and fdisk count; what they cannot reach is marked so.
MbrPartition MakeMbrPartition(MbrType type, uint64_t first_sector, uint64_t sectors, bool active);

// The entry that keeps other programs off a GPT disk (UEFI specification 5.2.3).
MbrPartition ProtectivePartition(uint64_t disk_sectors);

// An empty active entry. Some BIOSes do not boot a disk without an active partition, and the
// protective one must not be active.
MbrPartition DummyActivePartition();

// Copies boot code; an error if it runs into the partition table. A signature behind the code, as
// in the files of syslinux and GRUB, is not copied.
absl::Status SetMbrCode(std::string_view code, std::string_view name, Mbr& mbr);

}  // namespace linuxkit

#endif  // TOOLS_GPT_MBR_H_
