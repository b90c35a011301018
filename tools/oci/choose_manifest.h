// Which of the images of an index is meant.
#ifndef TOOLS_OCI_CHOOSE_MANIFEST_H_
#define TOOLS_OCI_CHOOSE_MANIFEST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/documents.h"
#include "tools/oci/platform.h"

namespace linuxkit {

// Which image of a layout or archive is meant.
struct ImageChoice {
  Platform platform;
  // Needed only if there are several images: their "org.opencontainers.image.ref.name" or digest
  // or, from Docker, "name:tag", with or without "docker.io/library/".
  std::string reference = "";
  // What BUILD files call the layout or archive, for messages that show what to write there.
  std::string label = "";
};

// The entry of the outermost index (`index.json`) that `choice` means. Entries that share a
// platform must be told apart by the reference. Artifacts that are no images are passed over.
absl::StatusOr<OciDescriptor> ChooseImage(const BlobTree& tree, std::string_view name,
                                          const ImageIndex& index, const ImageChoice& choice);

// The same whatever the platform: there must be one image, or one index.
absl::StatusOr<OciDescriptor> ChooseEntry(const BlobTree& tree, std::string_view name,
                                          const ImageIndex& index, const ImageChoice& choice);

// The entry of an index inside: one image for several platforms, where the first of equally good
// entries is meant.
absl::StatusOr<OciDescriptor> ChoosePlatform(const BlobTree& tree, std::string_view name,
                                             const ImageIndex& index, const Platform& platform);
// The same where the manifests are not at hand.
absl::StatusOr<OciDescriptor> ChoosePlatform(std::string_view name, const ImageIndex& index,
                                             const Platform& platform);

// "; choose one: linuxkit_oci_image(…)": what to write to choose the image `reference`.
std::string ChooseByReference(const ImageChoice& choice, std::string_view reference);

}  // namespace linuxkit

#endif  // TOOLS_OCI_CHOOSE_MANIFEST_H_
