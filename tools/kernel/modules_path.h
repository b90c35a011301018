// Where modules lie: lib/modules/VERSION, or usr/lib/modules/VERSION where /lib leads to /usr/lib.
#ifndef TOOLS_KERNEL_MODULES_PATH_H_
#define TOOLS_KERNEL_MODULES_PATH_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {

inline constexpr std::string_view kModulesPrefix = "lib/modules";

struct ModulesPath {
  std::string_view prefix;  // lib/modules or usr/lib/modules
  std::string_view version;
  std::string_view rest;  // empty for the directory itself
};

// Splits [usr/]lib/modules/VERSION[/rest].
std::optional<ModulesPath> SplitModulesPath(std::string_view path);

// Whether the path is usr, [usr/]lib or [usr/]lib/modules.
bool IsAboveModules(std::string_view path);

// Declares the directory `prefix` and those above it as parents of the segment: so the modules go
// where the system's /lib leads.
absl::Status AddModulesParents(std::string_view prefix, SegmentWriter& writer);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_MODULES_PATH_H_
