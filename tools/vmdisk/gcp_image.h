// Writes a disk as Google Compute Engine imports it: a gzip-compressed tar in GNU's old format with
// the one file disk.raw, whose size is rounded up to whole GiB. Holes of the disk are holes of the
// file ("sparse"). The limit is 64 TiB.
//
// The archive is compressed on `threads` threads; the bytes do not depend on their number. Memory:
// about 4 MiB a thread, and 16 bytes for each stretch of data.
//
//   ABSL_RETURN_IF_ERROR(WriteGcpImage(disk, {.threads = 2}, *output));
#ifndef TOOLS_VMDISK_GCP_IMAGE_H_
#define TOOLS_VMDISK_GCP_IMAGE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/base/stream.h"
#include "tools/disk/extents.h"

namespace linuxkit {

struct GcpOptions {
  // The file's time, in seconds since 1970.
  int64_t time = 0;
  // Of compression: 1 to 9, or 0 for 6.
  int level = 0;
  int threads = 1;
};

absl::Status WriteGcpImage(const Extents& disk, const GcpOptions& options, ByteSink& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_GCP_IMAGE_H_
