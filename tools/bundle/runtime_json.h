// The runtime.json of a bundle: what LinuxKit's init does before the container is created.
//
// An image's content lies once at `image_root`, for all containers made of it. A writable container
// gets an overlay over it with its upper side in a tmpfs, a read-only one a bind mount of it. One
// with users of its own gets an overlay in any case, to whose upper side our init gives the files.
#ifndef TOOLS_BUNDLE_RUNTIME_JSON_H_
#define TOOLS_BUNDLE_RUNTIME_JSON_H_

#include <string>
#include <string_view>

#include "tools/bundle/profile.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Paths of the system without leading "/".
struct BundlePaths {
  std::string bundle;      // "containers/services/web"
  std::string image_root;  // "containers/images/<chain id>/rootfs"
};

// Whether the container's root is an overlay, which needs a directory `tmp` in the bundle.
bool HasOverlay(const Container& container, Profile profile);

// `container` comes from MergeContainer, and the profile's defaults are set.
std::string BuildRuntimeJson(const Container& container, const BundlePaths& paths, Profile profile);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_RUNTIME_JSON_H_
