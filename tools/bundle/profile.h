// What a container may do where neither its entry nor its image says so.
//
// LinuxKit's defaults leave the kernel's settings to every container of user 0: /proc/sys,
// /proc/sysrq-trigger and much of /sys are writable for their owner, without any capability. The
// hardened profile has the defaults that other container runtimes have (profile_defaults.h).
// docs/security.md lists what it changes and what does not work then.
#ifndef TOOLS_BUNDLE_PROFILE_H_
#define TOOLS_BUNDLE_PROFILE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

enum class Profile { kLinuxkit, kHardened };

// "linuxkit" or "hardened".
absl::StatusOr<Profile> ParseProfile(std::string_view name);

// Whether `container`, of MergeContainer, gets a user namespace and files of its own. LinuxKit
// makes the namespace alone, in which nobody owns the files.
bool HasOwnUsers(const Container& container, Profile profile);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_PROFILE_H_
