// Paths inside the image.
#ifndef TOOLS_SPEC_PATHS_H_
#define TOOLS_SPEC_PATHS_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// `path` below the root, without ".", ".." and empty components; "." for the root itself. No value
// if ".." leads out.
std::optional<std::string> CleanPath(std::string_view path);

// The directory "containers/SECTION/NAME" of a bundle, clean. NAME must be, or lead to, one
// component that runc takes as the id of a container.
absl::StatusOr<std::string> CleanBundlePath(std::string_view path);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_PATHS_H_
