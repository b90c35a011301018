#include "tools/oci/select_images.h"

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/oci/platform.h"

namespace linuxkit {
namespace {

// Stricter than MatchQuality, which takes the next best: a variant that is asked for must be there.
bool Fits(const Platform& wanted, const OciDescriptor& entry) {
  return entry.platform && wanted.os == entry.platform->os &&
         wanted.architecture == entry.platform->architecture &&
         (wanted.variant.empty() || wanted.variant == entry.platform->variant);
}

// What LinuxKit copies: it passes over indexes inside the index and artifacts of other types.
std::vector<OciDescriptor> Manifests(const ImageIndex& index) {
  std::vector<OciDescriptor> manifests;
  std::set<std::string> seen;
  for (const OciDescriptor& entry : index.manifests) {
    if (entry.IsManifest() && seen.insert(entry.digest).second) manifests.push_back(entry);
  }
  return manifests;
}

absl::Status NoImageFor(std::string_view name, const Platform& platform,
                        const std::vector<OciDescriptor>& manifests) {
  const auto append = [](std::string* out, const OciDescriptor& entry) {
    out->append(PlatformName(entry));
  };
  return absl::NotFoundError(absl::StrCat(
      name, ": found no image for ", platform.ToString(),
      "; there is: ", manifests.empty() ? "none" : absl::StrJoin(manifests, ", ", append)));
}

}  // namespace

std::string PlatformName(const OciDescriptor& entry) {
  return entry.platform ? entry.platform->ToString() : "unknown/unknown";
}

absl::StatusOr<std::vector<OciDescriptor>> SelectImages(std::string_view name,
                                                        const ImageIndex& index,
                                                        absl::Span<const std::string> platforms) {
  std::vector<OciDescriptor> manifests = Manifests(index);
  if (platforms.empty()) return manifests;
  std::set<std::string> chosen;
  for (const std::string& text : platforms) {
    ABSL_ASSIGN_OR_RETURN(const Platform platform, Platform::Parse(text));
    bool is_found = false;
    for (const OciDescriptor& entry : manifests) {
      if (!Fits(platform, entry)) continue;
      chosen.insert(entry.digest);
      is_found = true;
    }
    if (!is_found) return NoImageFor(name, platform, manifests);
  }
  std::erase_if(manifests,
                [&](const OciDescriptor& entry) { return !chosen.contains(entry.digest); });
  return manifests;
}

}  // namespace linuxkit
