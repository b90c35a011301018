// What a profile sets where nothing else does.
#ifndef TOOLS_BUNDLE_PROFILE_DEFAULTS_H_
#define TOOLS_BUNDLE_PROFILE_DEFAULTS_H_

#include "absl/status/status.h"
#include "tools/bundle/profile.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Sets masked paths, read-only paths and noNewPrivileges of `container`, each unless it is set,
// empty lists included. `container` comes from MergeContainer, its volumes are paths already.
//
// A container with users of its own (`userns: new`) gets mappings of ids unless they are set, and
// instead of a sysfs, which only the owner of the network may mount, a bind of the system's.
//
// A path below a bind mount is left out: the mount is somebody's explicit wish, and with a shared
// root (`rootfsPropagation: shared`) what is mounted over a part of it would hide that part from
// the whole system.
//
// A read-only /sys is in ContainerMounts and the system calls are in LinuxJson, since no field says
// them.
absl::Status SetProfileDefaults(Profile profile, Container& container);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_PROFILE_DEFAULTS_H_
