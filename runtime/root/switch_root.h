// From the initramfs to the root file system.
#ifndef RUNTIME_ROOT_SWITCH_ROOT_H_
#define RUNTIME_ROOT_SWITCH_ROOT_H_

#include <string>

#include "absl/status/status.h"

namespace linuxkit {

// Mounts read-only, `target` made if needed. `flags` as in root flags: the file system's own
// options.
absl::Status MountReadOnly(const std::string& source, const std::string& type,
                           const std::string& flags, const std::string& target);

// Mounts on `target` an overlay: reads come from `lower`, writes go to a tmpfs, mounted on
// `writes`. The root directory keeps its mode.
absl::Status MountOverlay(const std::string& lower, const std::string& writes,
                          const std::string& target);

// Makes the mount `root` this process' root, at "/". Before that the mounts of /proc, /sys and /dev
// go, because the root's init takes a mounted /proc for a container's; and if "/" is an initramfs,
// so do its files, whose memory nothing else gives back.
absl::Status SwitchRoot(const std::string& root);

// Starts the root's init in place of this process: `wanted`, or if that is empty /sbin/init, or
// else /init. Returns only if that fails.
absl::Status ExecInit(const std::string& wanted);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_SWITCH_ROOT_H_
