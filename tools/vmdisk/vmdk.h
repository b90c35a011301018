// Writes a disk as stream-optimized VMDK, the form of VMDK that is compressed and that VMware
// products, AWS and others import. Grains (64 KiB) without a piece of the disk, and grains of
// zeros, are not in the file. The disk's size is rounded up to a grain; the limits are 62 TiB,
// and 1.9 TiB of data. Identifiers are derived from Extents::Fingerprint.
//
// Grains are compressed on `threads` threads; the bytes do not depend on their number. Memory:
// about 2 MiB a thread, and 128 KiB for each TiB of the disk. The output is written in order.
//
//   ABSL_RETURN_IF_ERROR(WriteVmdk(disk, {.name = "disk.vmdk", .threads = 2}, *output));
#ifndef TOOLS_VMDISK_VMDK_H_
#define TOOLS_VMDISK_VMDK_H_

#include <string>

#include "absl/status/status.h"
#include "tools/base/stream.h"
#include "tools/disk/extents.h"

namespace linuxkit {

struct VmdkOptions {
  // The file's own name, which its descriptor repeats.
  std::string name = "disk.vmdk";
  // 1 to 9, or 0 for 6.
  int level = 0;
  int threads = 1;
};

// `output` must be empty or, in an archive, at the file's first byte.
absl::Status WriteVmdk(const Extents& disk, const VmdkOptions& options, ByteSink& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_VMDK_H_
