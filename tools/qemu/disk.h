// Disks of the machine: `--disk=[file=]PATH,size=N[M|G],format=F`, LinuxKit's notation.
//
//   --disk=size=4G                      a qcow2 disk STATE/disk.img, made on the first run
//   --disk=data.img,size=512M,format=raw
//   --disk=existing.img                 the format is found out
//   --disk=my,,disk.img                 a comma in a value is written twice, as QEMU does
#ifndef TOOLS_QEMU_DISK_H_
#define TOOLS_QEMU_DISK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

struct DiskSpec {
  std::string file;       // empty: in the state directory
  int64_t size_mib = 0;   // 0: not given
  std::string format;     // empty: qcow2 for a new disk, found out for an existing one
  bool snapshot = false;  // writes are forgotten at the end; set by boot tests, not by the flag

  friend bool operator==(const DiskSpec&, const DiskSpec&) = default;
};

absl::StatusOr<DiskSpec> ParseDiskSpec(std::string_view text);

// Fills in the file name of the disk at position `index` (disk.img, disk1.img, ...) and the format.
// Fails if the disk does not exist and has no size.
absl::StatusOr<DiskSpec> ResolveDisk(DiskSpec disk, int index, std::string_view state_dir);

// Makes the file of a resolved disk with qemu-img, unless it exists.
absl::Status CreateDiskIfMissing(const DiskSpec& disk);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_DISK_H_
