// The dm-verity target of a device that has a hash tree behind its data.
#ifndef RUNTIME_ROOT_VERITY_TARGET_H_
#define RUNTIME_ROOT_VERITY_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/root/root_options.h"

namespace linuxkit {

inline constexpr size_t kVeritySuperblockSize = 512;

struct VerityTarget {
  uint64_t sectors = 0;    // of 512 bytes
  std::string parameters;  // the target's line of the device-mapper table
};

// `superblock` has what is at options.hash_offset of the device, `device` its number as
// "MAJOR:MINOR". The superblock comes from a disk that nobody vouches for: what it says is checked
// as far as it gets into the table. That it fits the data the kernel finds out, from the root hash.
absl::StatusOr<VerityTarget> MakeVerityTarget(std::string_view superblock,
                                              const VerityOptions& options,
                                              std::string_view device);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_VERITY_TARGET_H_
