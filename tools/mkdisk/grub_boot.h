// GRUB as the boot program of a disk for BIOSes: boot.img in the master boot record loads core.img,
// which lies in sectors of its own and finds grub.cfg in a partition.
//
// Both are told here where core.img lies, as grub-install would (grub-core/boot/i386/pc/boot.S and
// diskboot.S of GRUB have the places).
#ifndef TOOLS_MKDISK_GRUB_BOOT_H_
#define TOOLS_MKDISK_GRUB_BOOT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/gpt/mbr.h"

namespace linuxkit {

// Files of the build.
struct GrubBoot {
  std::string boot;  // boot.img
  std::string core;  // made by grub-mkimage -O i386-pc
};

// core.img for the disk's sectors from `sector` on, padded to whole ones.
absl::StatusOr<std::string> PatchedGrubCore(const GrubBoot& grub, uint64_t sector);

// Puts boot.img, which loads core.img from `sector` of the same disk, into `mbr`.
absl::Status SetGrubCode(const GrubBoot& grub, uint64_t sector, Mbr& mbr);

}  // namespace linuxkit

#endif  // TOOLS_MKDISK_GRUB_BOOT_H_
