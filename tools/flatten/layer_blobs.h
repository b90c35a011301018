// The layers of an image as an action gets them: what they are by a message, where they are by
// flags.
#ifndef TOOLS_FLATTEN_LAYER_BLOBS_H_
#define TOOLS_FLATTEN_LAYER_BLOBS_H_

#include <vector>

#include "tools/flatten/layer_input.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/image.pb.h"

namespace linuxkit {

// From the bottom to the top. `locations` must outlive the result.
std::vector<LayerBlob> LayerBlobs(const ImageLayers& layers, const BlobLocations& locations);

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_LAYER_BLOBS_H_
