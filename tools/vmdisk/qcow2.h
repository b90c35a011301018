// Writes QEMU's disk images (qcow2 version 3). Clusters of 64 KiB without data are left out; the
// others are stored as they are or, if asked for, compressed one by one.
//
// Without compression file data goes from file to file, and memory grows by about 160 KiB
// for each GiB of data. Compression takes some MiB more for each thread; the bytes do not depend on
// the number of threads.
//
//   ABSL_RETURN_IF_ERROR(WriteQcow2(disk, {.compression = {.format = Format::kZstd}}, *output));
#ifndef TOOLS_VMDISK_QCOW2_H_
#define TOOLS_VMDISK_QCOW2_H_

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/compress/compressor.h"
#include "tools/disk/extents.h"

namespace linuxkit {

struct Qcow2Options {
  // kGzip stands for qcow2's own compression, deflate without gzip's frame, which every reader
  // knows. kZstd takes QEMU 5.1 or newer.
  Compression compression = {.format = Compression::Format::kNone};
  // That compress, besides the one that reads and writes.
  int threads = 1;
};

// `output` must be empty. The disk's size must be a multiple of 512 bytes up to 2 PiB.
absl::Status WriteQcow2(const Extents& disk, const Qcow2Options& options, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_QCOW2_H_
