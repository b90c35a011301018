// Who may set up the kernel.
#ifndef TOOLS_BUNDLE_KERNEL_SETTINGS_H_
#define TOOLS_BUNDLE_KERNEL_SETTINGS_H_

#include "absl/status/statusor.h"
#include "tools/bundle/profile.h"
#include "tools/spec/ids.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Whether the container's process can write settings of the whole system without any capability: it
// is the system's user 0, which owns them, and /proc/sys, /proc/sysrq-trigger or /sys is writable.
// `container` comes from MergeContainer, its volumes are paths already, and the profile's defaults
// are set.
absl::StatusOr<bool> WritesKernelSettings(const Container& container, const IdTable& ids,
                                          Profile profile);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_KERNEL_SETTINGS_H_
