// What the writers of virtual disks check before they write anything.
#ifndef TOOLS_VMDISK_LIMITS_H_
#define TOOLS_VMDISK_LIMITS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// The disk's size, rounded up to a multiple of `multiple`. A disk without bytes, or with more than
// `max`, is an error that names `format` ("a VHDX").
absl::StatusOr<uint64_t> DiskSize(const Extents& disk, std::string_view format, uint64_t multiple,
                                  uint64_t max);

// Names of files inside others go into descriptors, XML and archives: letters, digits and . _ - +,
// at most 90 of them, not beginning with a dot.
absl::Status CheckName(std::string_view name);

// A ustar header has eleven octal digits for a file's size.
absl::Status CheckUstarSize(std::string_view name, uint64_t size);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_LIMITS_H_
