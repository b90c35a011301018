// The sizes that a virtual disk format can have.
#ifndef TOOLS_VMDISK_DISK_SIZE_H_
#define TOOLS_VMDISK_DISK_SIZE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace linuxkit {

// An error that names the numbers unless `size` is a multiple of `unit` from `unit` to `limit`.
// `format` is written as in "a VDI image".
absl::Status CheckDiskSize(std::string_view format, uint64_t size, uint64_t unit, uint64_t limit);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_DISK_SIZE_H_
