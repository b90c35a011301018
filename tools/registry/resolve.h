// What a reference means now: the digests, documents and layers that a lock file pins.
//
//   ABSL_ASSIGN_OR_RETURN(const ResolvedImage image, ResolveImage(client, reference, platforms));
//   image.root.digest; image.platforms[0].manifest.descriptor.digest
#ifndef TOOLS_REGISTRY_RESOLVE_H_
#define TOOLS_REGISTRY_RESOLVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/oci/documents.h"
#include "tools/oci/platform.h"
#include "tools/registry/client.h"

namespace linuxkit {

struct ResolvedPlatform {
  // As asked for.
  Platform platform;
  ManifestFile manifest;
  // Config and layers: media types, digests, sizes.
  ImageManifest parsed;
  // The bytes of the image configuration; verified.
  std::string config;
};

struct ResolvedImage {
  ImageReference reference;
  // The document that the reference names: an index, or a manifest for one platform.
  ManifestFile root;
  // One for each platform asked for, in that order.
  std::vector<ResolvedPlatform> platforms;
};

absl::StatusOr<ResolvedImage> ResolveImage(RegistryClient& client, const ImageReference& reference,
                                           absl::Span<const Platform> platforms);

// The images for `platforms` of the index `root`, which `reference` names; without platforms all.
// In its order, each for the platform that it says.
absl::StatusOr<std::vector<ResolvedPlatform>> ResolveIndex(RegistryClient& client,
                                                           const ImageReference& reference,
                                                           const ManifestFile& root,
                                                           absl::Span<const std::string> platforms);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_RESOLVE_H_
