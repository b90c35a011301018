#include "tools/oci/find_images.h"

#include <set>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/oci/verified_blob.h"

namespace linuxkit {
namespace {

constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
// Old tools write it everywhere.
constexpr std::string_view kUntyped = "application/octet-stream";

bool IsConfigType(std::string_view type) {
  return type == kOciConfig || type == kDockerConfig || type == kUntyped;
}

bool IsLayerType(std::string_view type) {
  return type.starts_with("application/vnd.oci.image.layer.") ||
         type.starts_with("application/vnd.docker.image.rootfs.") ||
         type.starts_with("application/x-tar") || type == kUntyped;
}

// BuildKit stores provenance beside images, as entries for the platform unknown/unknown.
bool IsAttestation(const OciDescriptor& entry) {
  return entry.annotations.contains("vnd.docker.reference.type") ||
         (entry.platform && entry.platform->os == "unknown" &&
          entry.platform->architecture == "unknown");
}

// The type of the artifact; empty for an image.
std::string ArtifactType(const ImageManifest& manifest) {
  if (!manifest.purpose.artifact_type.empty()) return manifest.purpose.artifact_type;
  if (!IsConfigType(manifest.config.media_type)) return manifest.config.media_type;
  const auto is_layer = [](const OciDescriptor& blob) { return IsLayerType(blob.media_type); };
  if (manifest.layers.empty() || absl::c_any_of(manifest.layers, is_layer)) return "";
  return manifest.layers.front().media_type;
}

// What the entry's document says of itself.
absl::StatusOr<Purpose> ReadPurpose(const BlobTree& tree, const OciDescriptor& entry) {
  const std::string name = tree.NameOf(BlobName(entry.digest));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadBlob(tree, entry));
  if (entry.IsIndex()) {
    ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(name, text));
    return index.purpose;
  }
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(name, text));
  return Purpose{.artifact_type = ArtifactType(manifest),
                 .has_subject = manifest.purpose.has_subject};
}

Purpose PurposeOf(const BlobTree* tree, const OciDescriptor& entry) {
  if (!entry.artifact_type.empty()) return {.artifact_type = entry.artifact_type};
  if (!entry.IsIndex() && !entry.IsManifest()) return {.artifact_type = entry.media_type};
  return tree == nullptr ? Purpose{} : ReadPurpose(*tree, entry).value_or(Purpose{});
}

}  // namespace

FoundImages FindImages(const BlobTree* tree, const std::vector<OciDescriptor>& entries) {
  FoundImages found;
  std::vector<OciDescriptor> referrers;
  std::set<std::string> seen;
  for (const OciDescriptor& entry : entries) {
    if (IsAttestation(entry) || !seen.insert(entry.digest).second) continue;
    const Purpose purpose = PurposeOf(tree, entry);
    if (!purpose.artifact_type.empty()) {
      found.artifact_types.push_back(purpose.artifact_type);
    } else if (purpose.has_subject) {
      referrers.push_back(entry);
    } else {
      found.images.push_back(entry);
    }
  }
  if (found.images.empty()) found.images = std::move(referrers);
  return found;
}

}  // namespace linuxkit
