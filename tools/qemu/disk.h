// Disks of the machine: `--disk=[file=]PATH,size=N[M|G],format=F`, LinuxKit's notation.
//
//   --disk=size=4G                      a qcow2 disk STATE/disk.img, made on the first run
//   --disk=data.img,size=512M,format=raw
//   --disk=mine.img,format=raw          a disk that someone else has made
//   --disk=my,,disk.img                 a comma in a value is written twice, as QEMU does
//
// A guest writes what it likes into its disk, so the bytes of a disk never say what its format is:
// a raw disk with the header of a qcow2 would make QEMU open the file of this host that the header
// names. The format is the one that the disk was made with, which the file PATH.format has kept
// beside it, or the one that the user gives.
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
  std::string format;     // QEMU's name; empty: qcow2 for a new disk, the kept one for another
  bool snapshot = false;  // writes are forgotten at the end; set by boot tests, not by the flag

  friend bool operator==(const DiskSpec&, const DiskSpec&) = default;
};

absl::StatusOr<DiskSpec> ParseDiskSpec(std::string_view text);

// Fills in the file name of the disk at position `index` (disk.img, disk1.img, ...) and the format.
// Fails if the disk does not exist and has no size, and if it exists and nobody says its format.
absl::StatusOr<DiskSpec> ResolveDisk(DiskSpec disk, int index, std::string_view state_dir);

// A file that was built, whose name says its format: .qcow2, .vmdk, .vhd, .vhdx and .vdi, others
// are raw. What a guest writes is forgotten.
DiskSpec BuiltDisk(const std::string& file);

// Makes the file of a resolved disk with qemu-img and keeps its format. Of a file that exists,
// makes sure that it has the format and refers to no other file.
absl::Status PrepareDisk(const DiskSpec& disk);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_DISK_H_
