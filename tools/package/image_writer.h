// The JSON documents of an image we make: configuration and manifest, and the OCI layout around
// them.
#ifndef TOOLS_PACKAGE_IMAGE_WRITER_H_
#define TOOLS_PACKAGE_IMAGE_WRITER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/oci/image.pb.h"

namespace linuxkit {

struct ImageDocuments {
  std::string manifest;
  std::string config;
};

// Writes the documents of an image with these layers. `config` need not have chain_id and
// manifest_digest; `user` is the configuration's User, which ImageConfig lacks because LinuxKit
// ignores it. There is no creation time: equal inputs give equal images.
absl::StatusOr<ImageDocuments> WriteImageDocuments(const ImageConfig& config,
                                                   const std::string& user,
                                                   const ImageLayers& layers);

struct LayoutFiles {
  std::string manifest;
  std::string config;
  // The layers, bottom first.
  std::vector<std::string> blobs;
};

// Makes `directory` an OCI layout of one image. The blobs are verified on the way. `index.json`,
// which makes a directory a layout, is written last. `reference` is the image's name in the layout,
// or empty.
absl::Status WriteLayout(const LayoutFiles& files, const std::string& reference,
                         const std::string& directory);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_IMAGE_WRITER_H_
