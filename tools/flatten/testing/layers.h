// Layer blobs in memory, for tests.
#ifndef TOOLS_FLATTEN_TESTING_LAYERS_H_
#define TOOLS_FLATTEN_TESTING_LAYERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/base/sha256.h"
#include "tools/flatten/layer_input.h"
#include "tools/tar/testing/owned_source.h"

namespace linuxkit {

// An uncompressed layer with the digests it has.
inline LayerBlob BlobOf(std::string tar) {
  const std::string digest = OciDigest(Sha256Of(tar));
  const uint64_t size = tar.size();
  return {.digest = digest,
          .size = size,
          .diff_id = digest,
          .open = [tar = std::move(tar)]() -> absl::StatusOr<std::unique_ptr<ByteSource>> {
            return std::make_unique<OwnedSource>(tar);
          }};
}

inline std::vector<LayerBlob> BlobsOf(std::vector<std::string> tars) {
  std::vector<LayerBlob> blobs;
  for (std::string& tar : tars) blobs.push_back(BlobOf(std::move(tar)));
  return blobs;
}

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_TESTING_LAYERS_H_
