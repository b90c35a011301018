// Checks one directory tree of an ISO image.
#ifndef TOOLS_ISO_VALIDATE_TREE_H_
#define TOOLS_ISO_VALIDATE_TREE_H_

#include "absl/status/status.h"
#include "tools/disk/image_view.h"
#include "tools/iso/iso_format.h"

namespace linuxkit {

// The tree that `descriptor` begins; extents must lie inside its blocks.
absl::Status ValidateIsoTree(const ImageView& image, const IsoVolumeDescriptor& descriptor);

}  // namespace linuxkit

#endif  // TOOLS_ISO_VALIDATE_TREE_H_
