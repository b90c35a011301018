// What happens around runc for one bundle: the file systems before, namespaces after `runc create`,
// clean-up at the end.
#ifndef RUNTIME_CONTAINER_BUNDLE_H_
#define RUNTIME_CONTAINER_BUNDLE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "runtime/container/runtime_json.h"

namespace linuxkit {

// Mounts, directories and control groups, in this order. With `mappings` the root's files are
// given to the container's users. Relative destinations are below
// BUNDLE/rootfs. The first mount or directory that fails is returned; control groups only complain.
absl::Status PrepareBundle(const std::string& bundle, const RuntimeConfig& config);

// Interfaces and bindNS for the created process `pid`.
absl::Status PrepareProcess(const RuntimeConfig& config, pid_t pid);

// Unmounts BUNDLE/rootfs, one level. It is no error if nothing is mounted there.
void ReleaseBundle(const std::string& bundle);

// Makes every volume below `base` (/containers/volumes) usable: a tmpfs on `tmp`, and on `merged`
// an overlay of it and `lower`. Stops at the first that fails.
absl::Status MountVolumes(const std::string& base);

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_BUNDLE_H_
