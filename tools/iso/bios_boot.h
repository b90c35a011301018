// The BIOS boot program of an ISO image: as El Torito starts it from a CD, and as a master boot
// record starts it from a disk (isohybrid).
#ifndef TOOLS_ISO_BIOS_BOOT_H_
#define TOOLS_ISO_BIOS_BOOT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/gpt/mbr.h"

namespace linuxkit {

enum class BiosLoader {
  kIsolinux,  // isolinux.bin, with isohdpfx.bin as boot record
  kGrub,      // an image of grub-mkimage -O i386-pc-eltorito, with boot_hybrid.img
};

struct BiosBoot {
  BiosLoader loader = BiosLoader::kIsolinux;
  std::string program;       // a file of the build
  std::string program_path;  // its place in the image
  std::string mbr;           // a file of the build
};

// The boot program as it is stored at `block`: it is told where it lies.
absl::StatusOr<std::string> PatchedBiosProgram(const BiosBoot& boot, uint32_t block);

// Boot code that loads the program at `block`.
absl::StatusOr<Mbr> HybridMbr(const BiosBoot& boot, uint32_t block);

}  // namespace linuxkit

#endif  // TOOLS_ISO_BIOS_BOOT_H_
