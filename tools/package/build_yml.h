// The `build.yml` of a LinuxKit package: what `linuxkit pkg build` reads. We need its `config:`
// only, which becomes the label org.mobyproject.config of the image.
#ifndef TOOLS_PACKAGE_BUILD_YML_H_
#define TOOLS_PACKAGE_BUILD_YML_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// The `config:` mapping of a build.yml as JSON; empty if there is none. As in LinuxKit, a scalar
// has the type of its field: `mode: 0660` is the text "0660", `readonly: yes` is true. `name`
// stands in messages, which have all problems with their places.
absl::StatusOr<std::string> ConfigLabelOf(std::string_view name, std::string_view yaml);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_BUILD_YML_H_
