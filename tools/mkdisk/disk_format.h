// The file formats that a disk can be written in, by name.
//
//   ABSL_ASSIGN_OR_RETURN(const DiskFormat* format, FindDiskFormat("vhdx"));
//   ABSL_RETURN_IF_ERROR(format->write(disk, {.threads = 2}, *output));
#ifndef TOOLS_MKDISK_DISK_FORMAT_H_
#define TOOLS_MKDISK_DISK_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"

namespace linuxkit {

struct DiskFormatOptions {
  // Of the machine, where the format describes one.
  std::string name = "linuxkit";
  // Of files inside of archives, in seconds since 1970.
  int64_t time = 0;
  // Of compression; the bytes do not depend on it.
  int threads = 1;
  // The machine boots by UEFI, where the format describes one.
  bool uefi = true;
};

struct DiskFormat {
  std::string_view name;
  // What the disk's size must be a multiple of, in bytes.
  uint64_t size_unit;
  absl::Status (*write)(const Extents& disk, const DiskFormatOptions& options, OutputFile& output);
};

// An error lists the names.
absl::StatusOr<const DiskFormat*> FindDiskFormat(std::string_view name);

}  // namespace linuxkit

#endif  // TOOLS_MKDISK_DISK_FORMAT_H_
