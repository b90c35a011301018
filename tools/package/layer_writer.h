// Writes one layer out of many inputs: the compressed blob and its descriptor.
#ifndef TOOLS_PACKAGE_LAYER_WRITER_H_
#define TOOLS_PACKAGE_LAYER_WRITER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/compress/compressor.h"
#include "tools/oci/image.pb.h"
#include "tools/package/layer_input.h"

namespace linuxkit {

struct LayerOptions {
  // Leaves out documentation, manuals, translations and lint overrides.
  bool strip_docs = false;
  // Shell patterns of paths to leave out, with all that is below them. "*" does not match "/".
  std::vector<std::string> excludes;
  // See merge_usr.h.
  bool merge_usr = false;
  // Whether the layer goes on top of others. Those may have a symlink where only the path of a file
  // implies a directory, such as /bin, and a directory would replace it.
  bool on_top = false;
  Compression compression;
};

// Writes the layer to `path` and returns its description.
absl::StatusOr<ImageLayers::Layer> WriteLayer(
    const std::vector<std::unique_ptr<LayerInput>>& inputs, const LayerOptions& options,
    const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_LAYER_WRITER_H_
