#include "tools/flatten/layer_blobs.h"

namespace linuxkit {

std::vector<LayerBlob> LayerBlobs(const ImageLayers& layers, const BlobLocations& locations) {
  std::vector<LayerBlob> blobs;
  for (const ImageLayers::Layer& layer : layers.layers()) {
    blobs.push_back(
        {.digest = layer.digest(),
         .size = layer.size(),
         .diff_id = layer.diff_id(),
         .open = [&locations, digest = layer.digest()] { return locations.Open(digest); }});
  }
  return blobs;
}

}  // namespace linuxkit
