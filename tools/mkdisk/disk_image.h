// A disk that boots: a table of partitions, a FAT file system with the files that firmware or boot
// programs load, and partitions for data.
//
//   GPT                                        MBR
//   0     protective MBR, code of GRUB         0     MBR, code of GRUB
//   1     GPT                                  1     GRUB's core.img
//   34    "BIOS boot": GRUB's core.img         2048  FAT, active
//   2048  "EFI System Partition": FAT          …     data partitions
//   …     data partitions
//   end   GPT's second copy
//
// in sectors; partitions begin at whole MiB, and the disk ends at one. With GRUB a GPT disk boots
// by BIOS, too; an MBR disk boots by nothing else.
//
//   DiskOptions options;
//   options.files.push_back({"EFI/BOOT/BOOTX64.EFI", uki});
//   ABSL_ASSIGN_OR_RETURN(Extents disk, MakeDiskImage(std::move(options)));
#ifndef TOOLS_MKDISK_DISK_IMAGE_H_
#define TOOLS_MKDISK_DISK_IMAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/disk/content.h"
#include "tools/disk/extents.h"
#include "tools/disk/file_tree.h"
#include "tools/mkdisk/grub_boot.h"

namespace linuxkit {

enum class PartitionTable { kGpt, kMbr };

// A partition behind the boot partition.
struct DataPartition {
  std::string name;  // of the partition (GPT alone) and its volume
  // What it begins with, such as a file system made elsewhere; or else an empty FAT.
  std::optional<Content> content;
  // In bytes, rounded up to whole MiB. 0: what the content takes; for the last partition of a disk
  // whose size is given, what is left.
  uint64_t size = 0;
};

struct DiskOptions {
  PartitionTable table = PartitionTable::kGpt;
  std::optional<GrubBoot> grub;
  std::vector<ImageFile> files;
  std::string label = "LINUXKIT";
  // Of all files, in seconds since 1970.
  int64_t time = 0;
  // Of the boot partition in bytes. 0: what the files take, at least 64 MiB; on a disk whose size
  // is given and that has no data partition, what is left.
  uint64_t boot_size = 0;
  std::vector<DataPartition> data;
  // Of the disk in bytes, a multiple of `size_unit`; 0: as small as its partitions allow.
  uint64_t size = 0;
  // At least 1 MiB.
  uint64_t size_unit = 1 << 20;
};

// Errors name the partition or file, its size and the limit.
absl::StatusOr<Extents> MakeDiskImage(DiskOptions options);

}  // namespace linuxkit

#endif  // TOOLS_MKDISK_DISK_IMAGE_H_
