// Kernel parameters from sysctl.conf files: `net.ipv4.ip_forward = 1`.
#ifndef RUNTIME_SETUP_SYSCTL_H_
#define RUNTIME_SETUP_SYSCTL_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Sysctl {
  // Relative to /proc/sys: "net/ipv4/ip_forward".
  std::string path;
  std::string value;
  // `-name = value`: an error in setting it is of no interest.
  bool optional = false;

  friend bool operator==(const Sysctl&, const Sysctl&) = default;
};

// Lines are `name = value`, empty, or comments (`#` or `;`). In names dots and slashes change their
// roles if a slash comes first, as in sysctl(8): `net/ipv4/conf/eth0.100/forwarding`. `source`
// names the file in errors.
absl::StatusOr<std::vector<Sysctl>> ParseSysctls(std::string_view text, std::string_view source);

// Applies ROOT/etc/sysctl.d/*.conf in name order and ROOT/etc/sysctl.conf to `proc_sys`
// ("/proc/sys"). Says every error and goes on. True if there was none.
bool ApplySysctlFiles(const std::string& root, const std::string& proc_sys);

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_SYSCTL_H_
