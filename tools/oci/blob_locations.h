// Where the layers of an image are: files of their own, ranges of larger files, an OCI layout
// directory, or an archive of one, or one of Docker's.
//
//   ABSL_ASSIGN_OR_RETURN(const BlobFlags flags, BlobFlags::Read(args));
//   ABSL_ASSIGN_OR_RETURN(const BlobLocations blobs, BlobLocations::Find(flags, layers));
//   ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> blob, blobs.Open(layer.digest()));
#ifndef TOOLS_OCI_BLOB_LOCATIONS_H_
#define TOOLS_OCI_BLOB_LOCATIONS_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/stream.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/documents.h"
#include "tools/oci/image.pb.h"

namespace linuxkit {

// The flags that say where layers are; one kind of them is enough.
struct BlobFlags {
  // --layer=PATH for every layer, from the bottom. Beside a layout or archive, for the uppermost.
  std::vector<std::string> layers;
  // --blob=DIGEST=PATH or DIGEST=PATH:OFFSET:SIZE.
  std::vector<std::string> blobs;
  // --layout=DIR and --archive=TAR; --platform and --choose (ImageChoice::reference) tell which
  // image of theirs is meant.
  std::optional<std::string> layout;
  std::optional<std::string> archive;
  std::string platform;
  std::string reference;

  static BlobFlags Read(Args& args);
};

// A manifest's layers, as far as BlobLocations needs to know them.
ImageLayers LayersOf(const ImageManifest& manifest);

class BlobLocations {
 public:
  // Of `layers` the digests count.
  static absl::StatusOr<BlobLocations> Find(const BlobFlags& flags, const ImageLayers& layers);

  absl::StatusOr<BlobRange> Range(std::string_view digest) const;
  // The bytes of a blob.
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(std::string_view digest) const;

 private:
  absl::Status AddFiles(const BlobFlags& flags, const ImageLayers& layers);
  absl::Status AddBlob(std::string_view flag);
  absl::Status AddImage(const BlobFlags& flags, const BlobTree& tree, std::string_view name,
                        const ImageLayers& layers);

  absl::flat_hash_map<std::string, BlobRange> ranges_;
};

}  // namespace linuxkit

#endif  // TOOLS_OCI_BLOB_LOCATIONS_H_
