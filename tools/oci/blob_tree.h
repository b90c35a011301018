// Where the files of an image are: in a directory, or inside a tar that is never extracted.
//
//   ABSL_ASSIGN_OR_RETURN(const auto tree, BlobTree::OpenArchive("image.tar"));
//   ABSL_ASSIGN_OR_RETURN(const BlobRange range, tree->Find("blobs/sha256/ab…"));
#ifndef TOOLS_OCI_BLOB_TREE_H_
#define TOOLS_OCI_BLOB_TREE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/oci/archive_file.h"
#include "tools/oci/blob_range.h"

namespace linuxkit {

class BlobTree {
 public:
  static std::unique_ptr<BlobTree> OfDirectory(std::string path);
  // Reads the headers of the tar and seeks over the contents. Links inside the archive are
  // followed, since `docker save` stores a layer that occurs twice as a link. A directory will do,
  // too: Bazel does not know of a source file that it is one.
  // A compressed tar is decompressed to a file without a name, which lives as long as the tree or
  // one of its ranges.
  static absl::StatusOr<std::unique_ptr<BlobTree>> OpenArchive(const std::string& path,
                                                               const ArchiveOptions& options = {});
  virtual ~BlobTree() = default;

  // A NotFound error names the tree and the file.
  virtual absl::StatusOr<BlobRange> Find(std::string_view name) const = 0;
  // How messages call the file `name`: "image/index.json", or "image.tar: index.json".
  virtual std::string NameOf(std::string_view name) const = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_OCI_BLOB_TREE_H_
