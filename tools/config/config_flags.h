// The flag that names YAML files: --config=LABEL=PATH, repeated in order.
#ifndef TOOLS_CONFIG_CONFIG_FLAGS_H_
#define TOOLS_CONFIG_CONFIG_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/config/config.h"

namespace linuxkit {

// Reads the files. The words are pairs (tools/base/pair.h).
absl::StatusOr<std::vector<ConfigFile>> ReadConfigFiles(absl::Span<const std::string> words);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_CONFIG_FLAGS_H_
