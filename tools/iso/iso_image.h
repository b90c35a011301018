// Writes ISO images that boot from optical media and from USB sticks, by BIOS and by UEFI.
//
// A file that is given both for the ISO file system and for the EFI system partition, by the same
// path of the build, is stored once: the ISO file system points into the partition.
//
//   IsoOptions options;
//   options.files.push_back({"boot/kernel", kernel});
//   options.bios = BiosBoot{.program = "isolinux.bin", .program_path = "isolinux/isolinux.bin",
//                           .mbr = "isohdpfx.bin"};
//   options.efi_files.push_back({"EFI/BOOT/BOOTX64.EFI", loader});
//   ABSL_ASSIGN_OR_RETURN(Extents iso, MakeIsoImage(std::move(options)));
#ifndef TOOLS_ISO_ISO_IMAGE_H_
#define TOOLS_ISO_ISO_IMAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/disk/extents.h"
#include "tools/disk/file_tree.h"
#include "tools/fat/fat_format.h"
#include "tools/iso/bios_boot.h"

namespace linuxkit {

struct IsoOptions {
  // 1 to 32 characters of A-Z, 0-9 and _.
  std::string volume_id = "LINUXKIT";
  // At most 128 printable ASCII characters each.
  std::string publisher;
  std::string preparer = "RULES_LINUXKIT";
  std::string application;
  // Of the volume and all files, in seconds since 1970.
  int64_t time = 0;

  std::vector<ImageFile> files;
  // Boots by BIOS if set.
  std::optional<BiosBoot> bios;
  // The EFI system partition; boots by UEFI if there are any.
  std::vector<ImageFile> efi_files;
  // FAT16 up to 256 MiB, then FAT32, if unset.
  std::optional<FatType> efi_fat_type;
};

// Errors name the file, what was found and the limit.
absl::StatusOr<Extents> MakeIsoImage(IsoOptions options);

}  // namespace linuxkit

#endif  // TOOLS_ISO_ISO_IMAGE_H_
