// All mounts of a container.
#ifndef TOOLS_BUNDLE_CONTAINER_MOUNTS_H_
#define TOOLS_BUNDLE_CONTAINER_MOUNTS_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/bundle/profile.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// By destination: a later mount replaces an earlier one, and the order is that of the bytes.
using MountTable = std::map<std::string, Mount>;

// Those of every container, then tmpfs, binds and mounts. `container` comes from MergeContainer,
// its volumes are paths already.
absl::StatusOr<MountTable> ContainerMounts(const Container& container, Profile profile);

// The mount that has `path`, of several the one nearest to it; null for the root itself.
const Mount* MountOf(std::string_view path, const MountTable& mounts);

bool IsReadonly(const Mount& mount);

// Whether `path` is `directory` or lies below it; both are absolute.
bool LiesIn(std::string_view path, std::string_view directory);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_CONTAINER_MOUNTS_H_
