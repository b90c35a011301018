// One place that may have the images of a host: the registry itself, a mirror, or a directory.
#ifndef TOOLS_REGISTRY_ENDPOINT_H_
#define TOOLS_REGISTRY_ENDPOINT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/oci/documents.h"
#include "tools/oci/reference.h"
#include "tools/registry/blob_sink.h"
#include "tools/registry/context.h"

namespace linuxkit {

// An index or a manifest, as it was stored.
struct ManifestFile {
  // One of the four media types of tools/oci/documents.h; digest; size.
  OciDescriptor descriptor;
  std::string text;

  bool IsIndex() const { return descriptor.IsIndex(); }
};

// Safe for concurrent use.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // The digest is verified: against the reference, if it has one.
  virtual absl::StatusOr<ManifestFile> GetManifest(const ImageReference& reference) = 0;
  // `sink` checks. It may hold a part of the blob after an error.
  virtual absl::Status GetBlob(const ImageReference& reference, VerifyingSink& sink) = 0;
};

// A server at `base`: "https://HOST[:PORT][/PREFIX]".
absl::StatusOr<std::unique_ptr<Endpoint>> MakeRemoteEndpoint(const HttpContext& context,
                                                             const std::string& base);

// A directory in OCI image layout whose index.json names images in full
// ("docker.io/library/redis:7" as `org.opencontainers.image.ref.name` or
// `io.containerd.image.name`), like LinuxKit's cache.
std::unique_ptr<Endpoint> MakeLayoutEndpoint(const std::string& directory);

// Finds the media type, in this order: what the document says, what `content_type` says if it is
// one of the four, what the document looks like.
absl::StatusOr<ManifestFile> DescribeManifest(const std::string& name, std::string text,
                                              std::string_view content_type);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_ENDPOINT_H_
