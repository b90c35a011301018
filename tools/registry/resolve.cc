#include "tools/registry/resolve.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/oci/choose_manifest.h"
#include "tools/oci/json.h"
#include "tools/oci/select_images.h"

namespace linuxkit {
namespace {

// Tools nest indexes one or two deep; one that goes on has a loop.
constexpr int kMaxIndexDepth = 4;

// Follows indexes from `root` to the manifest for `platform`. `is_chosen` tells whether an index
// has said what platform the manifest is for.
absl::StatusOr<ManifestFile> FindManifest(RegistryClient& client, const ImageReference& reference,
                                          const ManifestFile& root, const Platform& platform,
                                          bool& is_chosen) {
  ManifestFile file = root;
  is_chosen = false;
  for (int depth = 1; file.IsIndex(); ++depth) {
    const std::string name = reference.WithDigest(file.descriptor.digest).ToString();
    if (depth > kMaxIndexDepth) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": indexes are nested deeper than ", kMaxIndexDepth, " levels"));
    }
    ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(name, file.text));
    // The user knows the image by its reference.
    ABSL_ASSIGN_OR_RETURN(const OciDescriptor entry,
                          ChoosePlatform(reference.ToString(), index, platform));
    is_chosen = entry.platform.has_value();
    ABSL_ASSIGN_OR_RETURN(file, client.GetManifest(reference.WithDigest(entry.digest)));
  }
  return file;
}

absl::StatusOr<std::string> GetConfig(RegistryClient& client, const ImageReference& reference,
                                      const OciDescriptor& config) {
  if (config.size > kMaxJsonBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(reference.ToString(), ": found an image configuration of ", config.size,
                     " bytes; expected at most ", kMaxJsonBytes));
  }
  MemorySink sink;
  ABSL_RETURN_IF_ERROR(client.GetBlob(reference.WithDigest(config.digest),
                                      {.digest = config.digest, .size = config.size}, sink));
  return sink.data();
}

absl::Status CheckPlatform(const ImageReference& reference, const ParsedConfig& config,
                           const Platform& wanted) {
  const Platform found = {.os = config.config.os(),
                          .architecture = config.config.architecture(),
                          .variant = config.config.variant()};
  if (MatchQuality(wanted, found) > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(reference.ToString(), ": found an image for ",
                                                 found.ToString(), " alone; expected one for ",
                                                 wanted.ToString()));
}

absl::StatusOr<ResolvedPlatform> ResolvePlatform(RegistryClient& client,
                                                 const ImageReference& reference,
                                                 const ManifestFile& root,
                                                 const Platform& platform) {
  ResolvedPlatform resolved = {.platform = platform};
  bool is_chosen = false;
  ABSL_ASSIGN_OR_RETURN(resolved.manifest,
                        FindManifest(client, reference, root, platform, is_chosen));
  const std::string name = reference.WithDigest(resolved.manifest.descriptor.digest).ToString();
  ABSL_ASSIGN_OR_RETURN(resolved.parsed, ParseManifest(name, resolved.manifest.text));
  ABSL_ASSIGN_OR_RETURN(resolved.config, GetConfig(client, reference, resolved.parsed.config));
  ABSL_ASSIGN_OR_RETURN(
      const ParsedConfig config,
      ParseConfig(reference.WithDigest(resolved.parsed.config.digest).ToString(), resolved.config));
  // An index says for what platform its images are, and some configurations are wrong about it.
  if (!is_chosen) {
    ABSL_RETURN_IF_ERROR(CheckPlatform(reference, config, platform));
  }
  return resolved;
}

}  // namespace

absl::StatusOr<ResolvedImage> ResolveImage(RegistryClient& client, const ImageReference& reference,
                                           absl::Span<const Platform> platforms) {
  ResolvedImage image = {.reference = reference};
  ABSL_ASSIGN_OR_RETURN(image.root, client.GetManifest(reference));
  for (const Platform& platform : platforms) {
    ABSL_ASSIGN_OR_RETURN(image.platforms.emplace_back(),
                          ResolvePlatform(client, reference, image.root, platform));
  }
  return image;
}

absl::StatusOr<std::vector<ResolvedPlatform>> ResolveIndex(
    RegistryClient& client, const ImageReference& reference, const ManifestFile& root,
    absl::Span<const std::string> platforms) {
  if (!root.IsIndex()) {
    return absl::InvalidArgumentError(
        absl::StrCat(reference.ToString(), ": found an image for one platform; a volume with ",
                     "format oci needs an image index. Use format filesystem, or an image that ",
                     "was pushed with an index"));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(reference.ToString(), root.text));
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> entries,
                        SelectImages(reference.ToString(), index, platforms));
  std::vector<ResolvedPlatform> images;
  for (const OciDescriptor& entry : entries) {
    ResolvedPlatform& image = images.emplace_back();
    ABSL_ASSIGN_OR_RETURN(image.platform, Platform::Parse(PlatformName(entry)));
    const ImageReference name = reference.WithDigest(entry.digest);
    ABSL_ASSIGN_OR_RETURN(image.manifest, client.GetManifest(name));
    ABSL_ASSIGN_OR_RETURN(image.parsed, ParseManifest(name.ToString(), image.manifest.text));
    ABSL_ASSIGN_OR_RETURN(image.config, GetConfig(client, reference, image.parsed.config));
  }
  return images;
}

}  // namespace linuxkit
