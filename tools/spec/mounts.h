// Mounts of a container as a specification writes them: tmpfs and bind texts, and mount objects
// with parts left out.
#ifndef TOOLS_SPEC_MOUNTS_H_
#define TOOLS_SPEC_MOUNTS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Destinations must be absolute: the OCI runtime specification says so, and runc only complains.

// "DESTINATION" or "DESTINATION:OPTION,...".
absl::StatusOr<Mount> ParseTmpfs(std::string_view text);
// "SOURCE:DESTINATION" or "SOURCE:DESTINATION:OPTION,...".
absl::StatusOr<Mount> ParseBind(std::string_view text);
// Adds type, source and destination where one says the other; drops id mappings.
absl::StatusOr<Mount> CompleteMount(Mount mount);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_MOUNTS_H_
