// An image file as a block device.
#ifndef RUNTIME_ROOT_LOOP_DEVICE_H_
#define RUNTIME_ROOT_LOOP_DEVICE_H_

#include <string>

#include "absl/status/statusor.h"

namespace linuxkit {

// Returns the node of a read-only loop device over the file, "/dev/loop0". It stays until the
// machine stops.
absl::StatusOr<std::string> AttachLoopDevice(const std::string& path);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_LOOP_DEVICE_H_
