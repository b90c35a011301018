// The text of files entries with `metadata: yaml` or `metadata: json`: the whole configuration, in
// LinuxKit's form.
//
// Images are written as their references, except those of volumes; trust is left out. Unlike
// LinuxKit's, the text is always a valid configuration again.
#ifndef TOOLS_CONFIG_METADATA_H_
#define TOOLS_CONFIG_METADATA_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

absl::StatusOr<std::string> MetadataYaml(const Config& config);
absl::StatusOr<std::string> MetadataJson(const Config& config);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_METADATA_H_
