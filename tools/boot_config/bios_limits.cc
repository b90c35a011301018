#include "tools/boot_config/bios_limits.h"

#include "absl/strings/str_cat.h"
#include "tools/boot_config/boot_config.h"

namespace linuxkit {

absl::Status CheckBiosInitrd(const std::vector<ImageFile>& files) {
  for (const ImageFile& file : files) {
    if (file.path == BootEntry().initrd && file.content.size() > kBiosInitrdLimit) {
      return absl::ResourceExhaustedError(
          absl::StrCat(file.content.path(), " has ", file.content.size(),
                       " bytes; a BIOS boot program loads an initrd of at most ", kBiosInitrdLimit,
                       ". Boot by UEFI alone, or from a root file system (squashfs, EROFS)"));
    }
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
