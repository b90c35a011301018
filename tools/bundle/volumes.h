// Volumes in the mounts of a container: names become paths.
#ifndef TOOLS_BUNDLE_VOLUMES_H_
#define TOOLS_BUNDLE_VOLUMES_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Name -> whether it is read-only.
using VolumeTable = std::map<std::string, bool>;

// From words NAME or NAME:ro.
VolumeTable ParseVolumeTable(absl::Span<const std::string> words);

// `bind` with the path of the volume that its source names; unchanged if the source begins with
// "/". An unknown volume, or a read-only one that the container could write, is an error.
absl::StatusOr<std::string> ReplaceVolumeOfBind(std::string_view bind, const VolumeTable& volumes);
// The same for the source of a mount of type bind.
absl::Status ReplaceVolumeOfMount(const VolumeTable& volumes, Mount& mount);

// Replaces in the entry's binds, binds.add and bind mounts each source without leading "/" by the
// path of that volume. Errors say which bind or mount it is.
absl::Status ReplaceVolumes(const VolumeTable& volumes, Container& entry);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_VOLUMES_H_
