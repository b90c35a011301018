// Writes a disk as OVA: a tar (plain ustar) of the machine's description NAME.ovf, the manifest
// NAME.mf with SHA-256 sums, and the disk NAME.vmdk (vmdk.h), in this order. The limit is 8 GiB of
// compressed disk.
//
// Description and manifest tell of the disk behind them. So they are written first with the length
// they will have, and again when the disk is there; memory and time are those of the VMDK.
//
//   const OvaOptions options = {.name = "appliance", .cpus = 2, .memory_mib = 2048, .threads = 2};
//   ABSL_RETURN_IF_ERROR(WriteOva(disk, options, *output));
#ifndef TOOLS_VMDISK_OVA_H_
#define TOOLS_VMDISK_OVA_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"
#include "tools/vmdisk/ovf.h"

namespace linuxkit {

struct OvaOptions {
  // Of the machine and, with their endings, of the files.
  std::string name;
  int cpus = 1;
  int memory_mib = 1024;
  OvfFirmware firmware = OvfFirmware::kEfi;
  // The files' time, in seconds since 1970.
  int64_t time = 0;
  // Of compression: 1 to 9, or 0 for 6.
  int level = 0;
  int threads = 1;
};

// `output` must be empty.
absl::Status WriteOva(const Extents& disk, const OvaOptions& options, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_OVA_H_
