// Control groups: the unified hierarchy (v2), or the old one (v1) where the kernel command line
// asks for it.
#ifndef RUNTIME_SETUP_CGROUPS_H_
#define RUNTIME_SETUP_CGROUPS_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/command_line.h"

namespace linuxkit {

// v1 if the command line has `linuxkit.unified_cgroup_hierarchy=0`, else v2. Errors go to the
// console.
void MountCgroups(const KernelCommandLine& command_line);

// The controllers that /proc/cgroups (`text`) reports as enabled.
std::vector<std::string> EnabledControllers(std::string_view text);

// Creates the control group `name` below `base` (/sys/fs/cgroup): once for v2, below every
// controller for v1.
void CreateCgroup(const std::string& base, std::string_view name);

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_CGROUPS_H_
