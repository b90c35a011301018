// Small images for tests of the ISO writer.
#ifndef TOOLS_ISO_TESTING_H_
#define TOOLS_ISO_TESTING_H_

#include <string>

#include "tools/iso/iso_image.h"

namespace linuxkit {

// Boots by BIOS and UEFI as far as firmware can tell; the programs do nothing. Files of the build
// lie in the test's directory. "boot/kernel" is in the EFI system partition too.
IsoOptions HybridOptions();

// A file that looks like isolinux.bin.
std::string FakeIsolinux();

}  // namespace linuxkit

#endif  // TOOLS_ISO_TESTING_H_
