#include "tools/mkdisk/grub_boot.h"

#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/disk/fields.h"

namespace linuxkit {
namespace {

// core.img has some tens of kilobytes. A BIOS loads it below 640 KiB, and a disk has a MiB for it.
constexpr uint64_t kCoreLimit = 512 << 10;
// In boot.img: the sector of core.img, and a jump that trusts the drive number of the BIOS, over
// code that forces the first disk. Without the jump, disks behind USB are found too.
constexpr size_t kCoreSectorAt = 0x5c;
constexpr size_t kDriveCheckAt = 0x66;
constexpr std::string_view kDriveCheckJump = "\xeb\x05";
constexpr std::string_view kTwoNops = "\x90\x90";

// What diskboot.img, the first sector of core.img, knows of the rest; the list grows downwards from
// the sector's end.
struct BlockList {
  Little<uint64_t> start;    // first sector behind this one
  Little<uint16_t> sectors;  // how many
  Little<uint16_t> segment;  // where they go
};
static_assert(sizeof(BlockList) == 12);
constexpr size_t kBlockListAt = kDiskSector - sizeof(BlockList);
// GRUB_BOOT_MACHINE_KERNEL_SEG and the size of diskboot.img.
constexpr uint16_t kCoreSegment = 0x820;

}  // namespace

absl::StatusOr<std::string> PatchedGrubCore(const GrubBoot& grub, uint64_t sector) {
  ABSL_ASSIGN_OR_RETURN(std::string core, ReadFile(grub.core, kCoreLimit));
  if (core.size() <= kDiskSector) {
    return absl::InvalidArgumentError(
        absl::StrCat(grub.core, " has ", core.size(), " bytes; GRUB's core.img has more than ",
                     kDiskSector, ". Make it with grub-mkimage -O i386-pc"));
  }
  const BlockList found = FromBytes<BlockList>(std::string_view(core).substr(kBlockListAt));
  if (found.segment != kCoreSegment) {
    return absl::InvalidArgumentError(
        absl::StrCat(grub.core, " has 0x", absl::Hex(uint16_t{found.segment}), " at byte ",
                     kBlockListAt + 10, "; expected 0x", absl::Hex(kCoreSegment),
                     " as in GRUB's core.img. Make it with grub-mkimage -O i386-pc"));
  }
  core.resize(RoundUp(core.size(), kDiskSector));
  const BlockList list = {.start = sector + 1,
                          .sectors = static_cast<uint16_t>(core.size() / kDiskSector - 1),
                          .segment = kCoreSegment};
  core.replace(kBlockListAt, sizeof(list), BytesOf(list));
  return core;
}

absl::Status SetGrubCode(const GrubBoot& grub, uint64_t sector, Mbr& mbr) {
  ABSL_ASSIGN_OR_RETURN(std::string boot, ReadFile(grub.boot, kDiskSector));
  if (boot.size() != kDiskSector || boot.substr(kDriveCheckAt, 2) != kDriveCheckJump) {
    return absl::InvalidArgumentError(absl::StrCat(grub.boot, " is not GRUB's boot.img: expected ",
                                                   kDiskSector, " bytes with eb 05 at byte ",
                                                   kDriveCheckAt));
  }
  const Little<uint64_t> core = sector;
  boot.replace(kCoreSectorAt, sizeof(core), BytesOf(core));
  boot.replace(kDriveCheckAt, kTwoNops.size(), kTwoNops);
  return SetMbrCode(boot, grub.boot, mbr);
}

}  // namespace linuxkit
