#include "tools/spec/paths.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

// The longest name that init makes of an id is "services.ID.runc.json", and a file's name has at
// most 255 bytes.
constexpr size_t kLongestId = 255 - 19;

bool IsIdCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '+' || c == '-' ||
         c == '.';
}

// runc names its state directory and the control group by the id, and takes no others.
absl::Status CheckContainerId(std::string_view id) {
  if (id.size() > kLongestId) {
    return absl::InvalidArgumentError(absl::StrCat("found a name of ", id.size(),
                                                   " bytes; expected at most ", kLongestId,
                                                   ", because files are named by it"));
  }
  if (std::all_of(id.begin(), id.end(), IsIdCharacter)) return absl::OkStatus();
  std::string suggestion(id);
  std::replace_if(
      suggestion.begin(), suggestion.end(), [](char c) { return !IsIdCharacter(c); }, '-');
  return absl::InvalidArgumentError(absl::StrCat(
      "found the name \"", absl::Utf8SafeCEscape(id),
      "\", which runc does not take; expected letters, digits, \"_\", \"+\", \"-\" and "
      "\".\" alone, such as \"",
      suggestion, "\""));
}

}  // namespace

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
  ABSL_RETURN_IF_ERROR(CheckContainerId(std::string_view(*clean).substr(section.size() + 1)));
  return *clean;
}

}  // namespace linuxkit
