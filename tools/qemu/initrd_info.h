// The facts about an initrd that the action which made it wrote beside it.
#ifndef TOOLS_QEMU_INITRD_INFO_H_
#define TOOLS_QEMU_INITRD_INFO_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace linuxkit {

// Bytes of RAM that the initrd's files take once unpacked, from a serialized InitrdInfo.
absl::StatusOr<int64_t> ReadUnpackedBytes(const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_INITRD_INFO_H_
