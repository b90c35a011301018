// Volumes in the mounts of a container: names become paths.
#ifndef TOOLS_BUNDLE_VOLUMES_H_
#define TOOLS_BUNDLE_VOLUMES_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Name -> whether it is read-only.
using VolumeTable = std::map<std::string, bool>;

// From words NAME or NAME:ro.
VolumeTable ParseVolumeTable(absl::Span<const std::string> words);

// Replaces in the entry's binds, binds.add and bind mounts each source without leading "/" by the
// path of that volume. An unknown volume, or a read-only one that the container could write, is an
// error.
absl::Status ReplaceVolumes(const VolumeTable& volumes, Container& entry);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_VOLUMES_H_
