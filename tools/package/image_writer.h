// The JSON documents of an image we make: configuration and manifest, and the OCI layout around
// them.
#ifndef TOOLS_PACKAGE_IMAGE_WRITER_H_
#define TOOLS_PACKAGE_IMAGE_WRITER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/image_source.h"

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

// The same for an image on top of another one, `base`, whose configuration keeps all members that
// nobody knows here. `config` and `layers` are those of the whole image (merge_config.h).
absl::StatusOr<ImageDocuments> WriteImageDocumentsOver(const ImageSource& base,
                                                       const ImageConfig& config,
                                                       const std::string& user,
                                                       const ImageLayers& layers);

struct LayoutFiles {
  std::string manifest;
  std::string config;
  BlobFlags layers;
};

// Makes `directory` an OCI layout of one image. The blobs are verified on the way. `index.json`,
// which makes a directory a layout, is written last. `reference` is the image's name in the layout,
// or empty.
absl::Status WriteLayout(const LayoutFiles& files, const std::string& reference,
                         const std::string& directory);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_IMAGE_WRITER_H_
