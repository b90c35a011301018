#include "tools/tar/tar_entry.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/tar/tar_limits.h"

namespace linuxkit {
namespace {

// So much of a name that is too long a message shows.
constexpr size_t kShownName = 80;

absl::Status BadName(std::string_view name, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("\"", absl::CHexEscape(name), "\": ", problem));
}

}  // namespace

absl::StatusOr<std::string> CleanName(std::string_view name) {
  if (name.empty()) return BadName(name, "the name is empty");
  if (name.size() > kMaxNameBytes) {
    return BadName(name.substr(0, kShownName),
                   absl::StrCat("the name has ", name.size(), " bytes; the kernel takes up to ",
                                kMaxNameBytes));
  }
  if (name.find('\0') != name.npos) return BadName(name, "the name has a NUL byte");
  std::string clean;
  for (const std::string_view component : absl::StrSplit(name, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..") return BadName(name, "names with \"..\" are not allowed");
    absl::StrAppend(&clean, clean.empty() ? "" : "/", component);
  }
  return clean.empty() ? "." : clean;
}

}  // namespace linuxkit
