#include "tools/bundle/testing.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/spec/entry.h"

namespace linuxkit {

ImageConfig TestImage(std::string_view label) {
  ImageConfig image;
  image.set_chain_id(std::string(kChainId));
  image.add_cmd("/cmd");
  (*image.mutable_labels())[std::string(kConfigLabel)] = std::string(label);
  return image;
}

absl::StatusOr<Bundle> BundleOf(std::string_view yaml, const ImageConfig& image,
                                std::optional<Profile> profile) {
  ABSL_ASSIGN_OR_RETURN(
      const Container entry,
      ParseContainer(absl::StrCat("name: web\nimage: x\n", yaml), Section::kServices, {}));
  const IdTable ids = {{"dhcp", 100}, {"db", 101}};
  const VolumeTable volumes = {{"data", false}, {"keys", true}};
  return MakeBundle(entry, image, "containers/services/web", ids, volumes, profile);
}

}  // namespace linuxkit
