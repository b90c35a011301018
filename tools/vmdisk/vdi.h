// Writes disk images of VirtualBox (VDI), dynamic ones: blocks without data are left out.
//
// File data goes from file to file; memory grows with the number of pieces only. The identifiers
// are derived from the disk, so that equal disks have equal ones. VirtualBox does not register two
// images with one identifier: a disk that differs only inside of files of the same sizes has to
// replace the one before it.
//
//   ABSL_RETURN_IF_ERROR(WriteVdi(disk, *output));
#ifndef TOOLS_VMDISK_VDI_H_
#define TOOLS_VMDISK_VDI_H_

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// `output` must be empty. The disk's size must be a multiple of 512 bytes, less than 512 TiB.
absl::Status WriteVdi(const Extents& disk, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VDI_H_
