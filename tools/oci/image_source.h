// An OCI or Docker image in any of the forms that tools write: what it is (layers, configuration)
// and where its layers are.
//
//   ABSL_ASSIGN_OR_RETURN(const ImageSource image, ImageSource::OpenLayout("bazel-bin/web/image",
//   {})); for (int i = 0; i < image.layers().layers_size(); ++i) Unpack(image.Layer(i));
//
// Digests of indexes, manifest and configuration are verified here, and the sizes of layers. The
// content of a layer is verified by whoever reads it, against its digest or its diff_id. Media
// types of layers are not trusted to tell the compression: look at the first bytes.
#ifndef TOOLS_OCI_IMAGE_SOURCE_H_
#define TOOLS_OCI_IMAGE_SOURCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/choose_manifest.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/platform.h"

namespace linuxkit {

// An image whose parts lie in files of their own.
struct ImageFiles {
  std::string manifest;
  std::string config;
  // In the manifest's order; or empty, if only the description is wanted.
  std::vector<std::string> layers;
};

class ImageSource {
 public:
  // A tree with `index.json` and `blobs/sha256/` ("oci-archive", newer `docker save`), whose index
  // may lead to the manifest through further indexes; or one with Docker's `manifest.json`. In the
  // latter, the identity of the image (manifest_digest) is the digest of its configuration, as in
  // Docker. `name` is the tree's in messages.
  static absl::StatusOr<ImageSource> Open(const BlobTree& tree, std::string_view name,
                                          const ImageChoice& choice);
  static absl::StatusOr<ImageSource> OpenLayout(const std::string& directory,
                                                const ImageChoice& choice);
  static absl::StatusOr<ImageSource> OpenArchive(const std::string& path,
                                                 const ImageChoice& choice);
  static absl::StatusOr<ImageSource> OpenFiles(const ImageFiles& files, const Platform& platform);

  const ImageLayers& layers() const { return layers_; }
  const ImageConfig& config() const { return config_; }
  // The configuration, byte for byte.
  const std::string& config_document() const { return config_document_; }
  // Where layer `i`, counted from the bottom, is.
  const BlobRange& Layer(int i) const { return ranges_[static_cast<size_t>(i)]; }

 private:
  struct Parts;
  static absl::StatusOr<ImageSource> Make(Parts parts);
  static absl::StatusOr<ImageSource> FromOci(const BlobTree& tree, const ImageChoice& choice);
  static absl::StatusOr<ImageSource> FromDocker(const BlobTree& tree, const ImageChoice& choice);
  ImageSource() = default;

  ImageLayers layers_;
  ImageConfig config_;
  std::string config_document_;
  std::vector<BlobRange> ranges_;
};

}  // namespace linuxkit

#endif  // TOOLS_OCI_IMAGE_SOURCE_H_
