#include "tools/spec/paths.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace linuxkit {

std::optional<std::string> CleanPath(std::string_view path) {
  std::vector<std::string_view> components;
  for (const std::string_view component : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (component == ".") continue;
    if (component != "..") {
      components.push_back(component);
    } else if (components.empty()) {
      return std::nullopt;
    } else {
      components.pop_back();
    }
  }
  return components.empty() ? "." : absl::StrJoin(components, "/");
}

absl::StatusOr<std::string> CleanBundlePath(std::string_view path) {
  const std::vector<std::string_view> parts = absl::StrSplit(path, absl::MaxSplits('/', 2));
  if (parts.size() < 3 || parts[0] != "containers") {
    return absl::InvalidArgumentError(
        absl::StrCat("found the bundle path \"", path, "\"; expected containers/SECTION/NAME"));
  }
  const std::string section = absl::StrCat("containers/", parts[1]);
  const std::optional<std::string> clean = CleanPath(path);
  if (!clean || !absl::StartsWith(*clean, section + "/") || absl::StrContains(path, '\0')) {
    return absl::InvalidArgumentError(absl::StrCat("found the name \"", parts[2],
                                                   "\", which leads out of ", section,
                                                   "; expected a name without \"..\""));
  }
  return *clean;
}

}  // namespace linuxkit
