#include "tools/bundle/profile.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::StatusOr<Profile> ParseProfile(std::string_view name) {
  if (name == "linuxkit") return Profile::kLinuxkit;
  if (name == "hardened") return Profile::kHardened;
  return absl::InvalidArgumentError(
      absl::StrCat("found the profile \"", name, "\"; expected \"linuxkit\" or \"hardened\""));
}

bool HasOwnUsers(const Container& container, Profile profile) {
  return profile == Profile::kHardened && container.userns() == "new";
}

}  // namespace linuxkit
