// The runtime.json of a bundle: what LinuxKit's init does before the container is created.
//
// An image's content lies once at `image_root`, for all containers made of it. A writable container
// gets an overlay over it with its upper side in a tmpfs, a read-only one a bind mount of it.
#ifndef TOOLS_BUNDLE_RUNTIME_JSON_H_
#define TOOLS_BUNDLE_RUNTIME_JSON_H_

#include <string>
#include <string_view>

#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Paths of the system without leading "/".
struct BundlePaths {
  std::string bundle;      // "containers/services/web"
  std::string image_root;  // "containers/images/<chain id>/rootfs"
};

// `container` comes from MergeContainer.
std::string BuildRuntimeJson(const Container& container, const BundlePaths& paths);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_RUNTIME_JSON_H_
