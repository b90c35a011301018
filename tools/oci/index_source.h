// An image index and where everything is that it leads to. It comes from a lock file, or from an
// image that Bazel built.
//
//   ABSL_ASSIGN_OR_RETURN(const IndexSource index,
//                         IndexSource::OfTree(BlobTree::OfDirectory("web/layout"), "web:layout"));
//   ReadBlob(*index.blobs, ...)
//
// An image that Bazel built for one platform has no index; it gets one. An image of a registry for
// one platform is what LinuxKit cannot put into such a volume; the lock refuses it.
#ifndef TOOLS_OCI_INDEX_SOURCE_H_
#define TOOLS_OCI_INDEX_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/choose_manifest.h"

namespace linuxkit {

struct IndexSource {
  // What the index is called: "docker.io/library/redis:7".
  std::string reference;
  // The index in messages.
  std::string name;
  std::string media_type;
  // The index, byte for byte.
  std::string text;
  std::unique_ptr<BlobTree> blobs;

  // `blobs` are words DIGEST=PATH; those of images that nobody asks for may be left out.
  static absl::StatusOr<IndexSource> OfFiles(const std::string& index, std::string reference,
                                             const std::vector<std::string>& blobs);
  // A layout of one image or one index, or of several, of which `choice` tells one; its platform
  // does not matter. `fallback` is its name if it does not say one.
  static absl::StatusOr<IndexSource> OfTree(std::unique_ptr<BlobTree> tree, std::string fallback,
                                            const ImageChoice& choice = {});
  // An image by its manifest, its configuration, and where its layers are.
  static absl::StatusOr<IndexSource> OfImage(const std::string& manifest, const std::string& config,
                                             const BlobFlags& layers, std::string reference);
};

}  // namespace linuxkit

#endif  // TOOLS_OCI_INDEX_SOURCE_H_
