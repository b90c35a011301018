// Checks the structure of an ISO image by rules of our own. Firmware in emulators boots images that
// real firmware refuses, such as ones without a partition table.
#ifndef TOOLS_ISO_VALIDATE_ISO_H_
#define TOOLS_ISO_VALIDATE_ISO_H_

#include "absl/status/statusor.h"
#include "tools/disk/image_view.h"

namespace linuxkit {

// How a valid image boots.
struct IsoBootability {
  bool bios = false;
  bool efi = false;
};

// The first rule that is broken, with numbers:
//  - descriptors: primary first, an end, block size 2048, both byte orders equal, the volume inside
//    the image; Joliet there
//  - both trees: "." and ".." right, records inside their block and sorted, extents inside the
//    volume, no directory twice, path tables of both byte orders equal to the directories
//  - boot catalog: checksum, a bootable entry
//  - BIOS: the boot info table says the truth; the MBR has code and an active partition
//  - UEFI: the entry is a valid FAT file system; the GPT is valid and has it as EFI system
//  partition
absl::StatusOr<IsoBootability> ValidateIso(const ImageView& image);

}  // namespace linuxkit

#endif  // TOOLS_ISO_VALIDATE_ISO_H_
