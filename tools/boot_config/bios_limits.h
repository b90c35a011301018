// What a BIOS boot program can load.
#ifndef TOOLS_BOOT_CONFIG_BIOS_LIMITS_H_
#define TOOLS_BOOT_CONFIG_BIOS_LIMITS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/disk/file_tree.h"

namespace linuxkit {

// An initrd lies below 2 GiB (initrd_addr_max of the x86 boot protocol, 0x7fffffff), behind the
// kernel, which has a few MiB there.
inline constexpr uint64_t kBiosInitrdLimit = uint64_t{2047} << 20;

// An error if the file at BootEntry's path of the initrd is larger.
absl::Status CheckBiosInitrd(const std::vector<ImageFile>& files);

}  // namespace linuxkit

#endif  // TOOLS_BOOT_CONFIG_BIOS_LIMITS_H_
