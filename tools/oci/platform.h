// The platform an image is for: "linux/amd64" or "linux/arm/v7".
#ifndef TOOLS_OCI_PLATFORM_H_
#define TOOLS_OCI_PLATFORM_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Platform {
  std::string os = "linux";
  std::string architecture = "amd64";
  // Empty for most architectures.
  std::string variant = "";

  // Reads "os/architecture" or "os/architecture/variant".
  static absl::StatusOr<Platform> Parse(std::string_view text);
  std::string ToString() const;
  bool operator==(const Platform&) const = default;
};

// How well an image for `offered` serves a request for `wanted`: 0 is not at all, the largest is
// best. The order is: the variant asked for, no variant, and, if none was asked for, any variant.
int MatchQuality(const Platform& wanted, const Platform& offered);

}  // namespace linuxkit

#endif  // TOOLS_OCI_PLATFORM_H_
