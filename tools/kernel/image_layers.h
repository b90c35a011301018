// Where the layers of an image are, by what an action's flags say.
#ifndef TOOLS_KERNEL_IMAGE_LAYERS_H_
#define TOOLS_KERNEL_IMAGE_LAYERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/kernel/kernel_image.h"

namespace linuxkit {

// One of the three is given.
struct LayerFlags {
  // A file for each layer, in the order of the message.
  std::vector<std::string> layers;
  // A directory with blobs/sha256/HEX.
  std::optional<std::string> layout;
  // DIGEST=PATH or DIGEST=PATH:OFFSET:SIZE, for each layer.
  std::vector<std::string> blobs;
};

// The layers of the ImageLayers message in the file `path`, from the bottom to the top. Each is hashed: bytes that are not
// those of its digest are an error.
absl::StatusOr<std::vector<LayerBlob>> FindLayers(const std::string& path, const LayerFlags& flags);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_IMAGE_LAYERS_H_
