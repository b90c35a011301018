// The `build.yml` of a LinuxKit package: what `linuxkit pkg build` reads. We need its `config:`
// only, which becomes the label org.mobyproject.config of the image.
#ifndef TOOLS_PACKAGE_BUILD_YML_H_
#define TOOLS_PACKAGE_BUILD_YML_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

inline constexpr std::string_view kConfigLabel = "org.mobyproject.config";

// The `config:` mapping of a build.yml as JSON, its keys in the order of the document and its
// scalars typed as the core schema of YAML 1.2 says; empty if there is none. `name` stands in
// messages. Keys that build.yml does not have are errors that name the line.
absl::StatusOr<std::string> ConfigLabelOf(std::string_view name, const std::string& yaml);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_BUILD_YML_H_
