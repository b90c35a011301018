// Identifiers of virtual disks.
#ifndef TOOLS_VMDISK_DISK_ID_H_
#define TOOLS_VMDISK_DISK_ID_H_

#include <string_view>

#include "tools/disk/extents.h"
#include "tools/gpt/guid.h"

namespace linuxkit {

// Follows from the disk's size and Extents::Fingerprint, which does not read files. `purpose` tells
// the identifiers of one disk apart.
Guid DeriveDiskId(const Extents& disk, std::string_view purpose);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_DISK_ID_H_
