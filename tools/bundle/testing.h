// Bundles from short texts, for tests.
#ifndef TOOLS_BUNDLE_TESTING_H_
#define TOOLS_BUNDLE_TESTING_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/profile.h"
#include "tools/oci/image.pb.h"

namespace linuxkit {

inline constexpr std::string_view kChainId =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// An image whose only properties are its place, its command /cmd and its label.
ImageConfig TestImage(std::string_view label = "");

// The bundle of the service `web` with further keys from `yaml`, in a system with the containers
// dhcp (100) and db (101) and the volumes data and keys (read-only).
absl::StatusOr<Bundle> BundleOf(std::string_view yaml, const ImageConfig& image,
                                std::optional<Profile> profile = Profile::kLinuxkit);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_TESTING_H_
