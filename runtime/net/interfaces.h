// The `interfaces` of a runtime.json: links that a container gets before it starts.
#ifndef RUNTIME_NET_INTERFACES_H_
#define RUNTIME_NET_INTERFACES_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"

namespace linuxkit {

struct Interface {
  std::string name;
  // Type of the link to create; empty to move an existing link, or with `peer` for a veth pair.
  std::string add;
  std::string peer;
  // Create in the root namespace and move, which keeps a WireGuard socket outside of the container.
  bool create_in_root = false;

  friend bool operator==(const Interface&, const Interface&) = default;
};

// Creates or finds the link and leaves it in the network namespace of the process `pid`. The peer
// of a veth pair stays in ours.
absl::Status ProvideInterface(const Interface& interface, pid_t pid);

}  // namespace linuxkit

#endif  // RUNTIME_NET_INTERFACES_H_
