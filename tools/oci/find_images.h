// Which entries of an index are container images. Beside them stand signatures, lists of materials
// (SBOM), provenance and other artifacts; as entries they often look like images, so their
// manifests are read.
#ifndef TOOLS_OCI_FIND_IMAGES_H_
#define TOOLS_OCI_FIND_IMAGES_H_

#include <string>
#include <vector>

#include "tools/oci/blob_tree.h"
#include "tools/oci/documents.h"

namespace linuxkit {

struct FoundImages {
  // Manifests and indexes, in the index's order, each digest once.
  std::vector<OciDescriptor> images;
  // Media types of what is no image.
  std::vector<std::string> artifact_types;
};

// An entry whose manifest cannot be read counts as an image: an error if it is chosen. So does an
// image that refers to another one, if there is nothing else. Without a tree the entries alone
// tell.
FoundImages FindImages(const BlobTree* tree, const std::vector<OciDescriptor>& entries);

}  // namespace linuxkit

#endif  // TOOLS_OCI_FIND_IMAGES_H_
