// The system calls of a container under the hardened profile: linux.seccomp of config.json.
//
// What is allowed is what the default profiles of Docker and containerd allow on 64-bit machines,
// plus swapon and swapoff for CAP_SYS_ADMIN. All else fails with EPERM; runc makes it ENOSYS for
// calls that are newer than those listed. A filter is for one architecture: a program for another
// one, such as one of 32 bits, is killed.
#ifndef TOOLS_BUNDLE_SECCOMP_H_
#define TOOLS_BUNDLE_SECCOMP_H_

#include <set>
#include <string>

#include "tools/bundle/oci_json.h"

namespace linuxkit {

// `capabilities` are the most that a process of the container can have. A call that is of use only
// with a capability is allowed if that is among them.
OrderedJson SeccompJson(const std::set<std::string>& capabilities);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_SECCOMP_H_
