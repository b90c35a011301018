#include "tools/kernel/modules_path.h"

#include <cstddef>

#include "absl/status/status_macros.h"

namespace linuxkit {
namespace {

constexpr std::string_view kUsr = "usr/";

}  // namespace

std::optional<ModulesPath> SplitModulesPath(std::string_view path) {
  const size_t prefix = (path.starts_with(kUsr) ? kUsr.size() : 0) + kModulesPrefix.size();
  if (path.size() <= prefix || path[prefix] != '/') return std::nullopt;
  if (!path.substr(0, prefix).ends_with(kModulesPrefix)) return std::nullopt;
  const size_t slash = path.find('/', prefix + 1);
  if (slash == path.npos) {
    return ModulesPath{
        .prefix = path.substr(0, prefix), .version = path.substr(prefix + 1), .rest = {}};
  }
  return ModulesPath{.prefix = path.substr(0, prefix),
                     .version = path.substr(prefix + 1, slash - prefix - 1),
                     .rest = path.substr(slash + 1)};
}

bool IsAboveModules(std::string_view path) {
  return path == "usr" || path == "usr/lib" || path == "usr/lib/modules" || path == "lib" ||
         path == "lib/modules";
}

absl::Status AddModulesParents(std::string_view prefix, SegmentWriter& writer) {
  for (size_t slash = prefix.find('/');; slash = prefix.find('/', slash + 1)) {
    ABSL_RETURN_IF_ERROR(writer.AddParent(prefix.substr(0, slash), kMadeUpDirectory));
    if (slash == prefix.npos) return absl::OkStatus();
  }
}

}  // namespace linuxkit
