// Which of the images of an index is meant.
#ifndef TOOLS_OCI_CHOOSE_MANIFEST_H_
#define TOOLS_OCI_CHOOSE_MANIFEST_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "tools/oci/documents.h"
#include "tools/oci/image_source.h"

namespace linuxkit {

// The entry of the outermost index (`index.json`) that `choice` means. Entries that share a
// platform must be told apart by the reference.
absl::StatusOr<OciDescriptor> ChooseImage(std::string_view name, const ImageIndex& index,
                                          const ImageChoice& choice);

// The entry of an index inside: one image for several platforms, where the first of equally good
// entries is meant.
absl::StatusOr<OciDescriptor> ChoosePlatform(std::string_view name, const ImageIndex& index,
                                             const Platform& platform);

}  // namespace linuxkit

#endif  // TOOLS_OCI_CHOOSE_MANIFEST_H_
