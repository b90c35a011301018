// Writes virtual hard disks (VHD): fixed ones, which is what Azure takes, and dynamic ones, which
// leave out blocks without data.
//
// File data goes from file to file, and holes of a fixed disk stay holes of the file; memory grows
// with the number of pieces, and by 4 bytes for each 2 MiB of a dynamic disk. A VHD holds at most
// 2040 GiB. The time in it is 2000-01-01; its identifier is derived from the disk.
//
//   disk.set_size(RoundUp(disk.size(), kFixedVhdUnit));
//   ABSL_RETURN_IF_ERROR(WriteFixedVhd(disk, *output));
#ifndef TOOLS_VMDISK_VHD_H_
#define TOOLS_VMDISK_VHD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// Azure takes disks of whole MiB only. A disk is not rounded up here, because a partition table's
// copy belongs at its end.
inline constexpr uint64_t kFixedVhdUnit = 1 << 20;

// `output` must be empty.
absl::Status WriteFixedVhd(const Extents& disk, OutputFile& output);

// `output` must be empty. The disk's size must be a multiple of 512 bytes.
absl::Status WriteDynamicVhd(const Extents& disk, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VHD_H_
