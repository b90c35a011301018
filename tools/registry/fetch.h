// Blobs of registries as files: one, or many at a time.
#ifndef TOOLS_REGISTRY_FETCH_H_
#define TOOLS_REGISTRY_FETCH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/registry/client.h"
#include "tools/registry/progress.h"

namespace linuxkit {

struct BlobRequest {
  // Repositories that have the blob, asked in order. Tag and digest do not matter.
  std::vector<ImageReference> repositories;
  Blob blob;
  // The file appears when all of it is there and verified, or not at all.
  std::string output;
};

// `progress` may be null.
absl::Status FetchBlob(RegistryClient& client, const BlobRequest& request,
                       Progress* progress = nullptr);

// Fetches with at most `parallelism` connections at a time. After an error no further blob is
// begun; the error is that of the first request, in their order, that has one.
absl::Status FetchAll(RegistryClient& client, absl::Span<const BlobRequest> requests,
                      int parallelism, Progress* progress = nullptr);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_FETCH_H_
