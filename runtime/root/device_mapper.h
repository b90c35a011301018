// A device-mapper device, made with the kernel's ioctls alone.
#ifndef RUNTIME_ROOT_DEVICE_MAPPER_H_
#define RUNTIME_ROOT_DEVICE_MAPPER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace linuxkit {

// A read-only device with one target, such as "verity"; returns its node, "/dev/dm-0".
absl::StatusOr<std::string> MakeMappedDevice(const std::string& name, const std::string& target,
                                             uint64_t sectors, const std::string& parameters);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_DEVICE_MAPPER_H_
