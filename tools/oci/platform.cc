#include "tools/oci/platform.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {

absl::StatusOr<Platform> Platform::Parse(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const bool has_empty_part = std::find(parts.begin(), parts.end(), "") != parts.end();
  if (parts.size() < 2 || parts.size() > 3 || has_empty_part) {
    return absl::InvalidArgumentError(
        absl::StrCat("platform \"", text,
                     "\"; expected os/architecture or os/architecture/variant, like linux/amd64"));
  }
  return Platform{
      .os = parts[0], .architecture = parts[1], .variant = parts.size() == 3 ? parts[2] : ""};
}

std::string Platform::ToString() const {
  return absl::StrCat(os, "/", architecture, variant.empty() ? "" : "/", variant);
}

int MatchQuality(const Platform& wanted, const Platform& offered) {
  if (wanted.os != offered.os || wanted.architecture != offered.architecture) return 0;
  if (wanted.variant == offered.variant) return 3;
  if (offered.variant.empty()) return 2;
  return wanted.variant.empty() ? 1 : 0;
}

}  // namespace linuxkit
