// Cuts a system's YAML into one small file for each entry.
//
// An entry's bytes depend on the entry alone, not on its place or on other entries, so whatever an
// edit does not concern is not built again. The files are the same as parse_entry's, but volumes
// that containers bind by name are the volumes' paths.
#ifndef TOOLS_CONFIG_SPLIT_H_
#define TOOLS_CONFIG_SPLIT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/config/config.h"
#include "tools/config/skeleton.pb.h"

namespace linuxkit {

// Paths to write to; lists as long as the sections of all files together.
struct SplitOutputs {
  // The command line's bytes.
  std::optional<std::string> cmdline;
  // Kernel message without image and command line.
  std::optional<std::string> kernel;
  std::vector<std::string> onboot;
  std::vector<std::string> onshutdown;
  std::vector<std::string> services;
  std::vector<std::string> volumes;
  // FileEntryList message. Sources in the package are labels: "//os:keys/id.pub".
  std::optional<std::string> files;
  // What `metadata: yaml` and `metadata: json` stand for.
  std::optional<std::string> metadata_yaml;
  std::optional<std::string> metadata_json;
};

// `skeletons` is what the outputs were declared from; it must agree with `files`.
absl::Status SplitConfig(absl::Span<const ConfigFile> files, const Skeletons& skeletons,
                         const SplitOutputs& outputs);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_SPLIT_H_
