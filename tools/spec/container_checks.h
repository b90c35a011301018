// Checks of a container's values beyond their types.
#ifndef TOOLS_SPEC_CONTAINER_CHECKS_H_
#define TOOLS_SPEC_CONTAINER_CHECKS_H_

#include <string_view>

#include "absl/status/status.h"
#include "tools/spec/problems.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

// `value` is what `container` was read from, for positions. Values that the entry itself overrides
// are not checked, since LinuxKit does not look at them either.
void CheckContainer(const YamlValue& value, const ValuePath& path, const Container& container,
                    Problems& problems);

// A directory that is not empty must be absolute: runc takes no other.
absl::Status CheckWorkingDirectory(std::string_view directory);

// "NAME=VALUE": runc takes no other.
absl::Status CheckVariable(std::string_view variable);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_CONTAINER_CHECKS_H_
