// The runtime.json of a bundle: what has to be prepared around a container before and after runc
// creates it.
//
//   {"cgroups": ["systemreserved"], "mkdir": ["/var/lib/x"],
//    "mounts": [{"destination": "/containers/services/x/rootfs", "source":
//    "/containers/images/sha256-0/rootfs",
//                "options": ["bind"]}],
//    "interfaces": [{"name": "eth1", "add": "veth", "peer": "veth1"}],
//    "bindNS": {"net": "/run/netns/x"}, "namespace": "",
//    "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}], "gidMappings": […]}
#ifndef RUNTIME_CONTAINER_RUNTIME_JSON_H_
#define RUNTIME_CONTAINER_RUNTIME_JSON_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/container/own_users.h"
#include "runtime/net/interfaces.h"

namespace linuxkit {

struct BundleMount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;

  friend bool operator==(const BundleMount&, const BundleMount&) = default;
};

// A namespace of the container to bind to a path, where later containers can join it.
struct NamespaceBind {
  // As in /proc/PID/ns: cgroup, ipc, mnt, net, pid, user or uts.
  std::string key;
  std::string path;

  friend bool operator==(const NamespaceBind&, const NamespaceBind&) = default;
};

struct RuntimeConfig {
  std::vector<std::string> cgroups;
  std::vector<BundleMount> mounts;
  std::vector<std::string> mkdir;
  std::vector<Interface> interfaces;
  // Only those with a path, in the order of the keys above.
  std::vector<NamespaceBind> bind_namespaces;
  // Of a container with users of its own: those that the files of its root belong to. No key of
  // LinuxKit's.
  UserMappings mappings;
};

// Every key may be missing or null. `namespace` is containerd's and means nothing here. Errors say
// where in the document something else than expected was found.
absl::StatusOr<RuntimeConfig> ParseRuntimeJson(std::string_view text);

// Reads BUNDLE/runtime.json; a missing file is an empty one.
absl::StatusOr<RuntimeConfig> ReadRuntimeJson(const std::string& bundle);

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_RUNTIME_JSON_H_
