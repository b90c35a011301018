// The config.json of a bundle: the OCI runtime specification's description of a container, as
// LinuxKit writes it.
//
//   const Container merged = MergeContainer(entry, label, image);
//   ABSL_ASSIGN_OR_RETURN(const std::string text, BuildConfigJson(merged, ids, profile));
#ifndef TOOLS_BUNDLE_CONFIG_JSON_H_
#define TOOLS_BUNDLE_CONFIG_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/bundle/profile.h"
#include "tools/spec/ids.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// `container` comes from MergeContainer, its volumes are paths already, and the profile's defaults
// are set.
absl::StatusOr<std::string> BuildConfigJson(const Container& container, const IdTable& ids,
                                            Profile profile);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_CONFIG_JSON_H_
