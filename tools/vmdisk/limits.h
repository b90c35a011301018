// What the writers of virtual disks check before they write anything.
#ifndef TOOLS_VMDISK_LIMITS_H_
#define TOOLS_VMDISK_LIMITS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// For a format that has no other sizes: an error that names the numbers unless `size` is a multiple
// of `unit` from `unit` to `limit`. `format` is written as in "a VDI image".
absl::Status CheckDiskSize(std::string_view format, uint64_t size, uint64_t unit, uint64_t limit);

// For a format whose disk may be larger than what is in it: the disk's size, rounded up to a
// multiple of `unit`. A disk without bytes, or with more than `limit`, is an error.
absl::StatusOr<uint64_t> RoundedDiskSize(std::string_view format, const Extents& disk,
                                         uint64_t unit, uint64_t limit);

// Names of files inside others go into descriptors, XML and archives: letters, digits and . _ - +,
// at most 90 of them, not beginning with a dot.
absl::Status CheckName(std::string_view name);

// A ustar header has eleven octal digits for a file's size.
absl::Status CheckUstarSize(std::string_view name, uint64_t size);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_LIMITS_H_
