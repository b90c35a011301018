// Writes a disk as dynamic VHDX, the format of Hyper-V ([MS-VHDX]). Blocks without a piece of the
// disk are not in the file; pieces go from file to file. Blocks have 1 MiB, which wastes least
// where a guest writes here and there, and more for disks over 1 TiB, so that their table stays
// small. The disk's size is rounded up to 512 bytes; the limit is 64 TiB. Identifiers are derived
// from Extents::Fingerprint.
//
//   ABSL_RETURN_IF_ERROR(WriteVhdx(disk, *output));
#ifndef TOOLS_VMDISK_VHDX_H_
#define TOOLS_VMDISK_VHDX_H_

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// `output` must be empty.
absl::Status WriteVhdx(const Extents& disk, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VHDX_H_
