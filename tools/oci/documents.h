// The JSON documents of OCI and Docker images as plain structures: index, manifest, image
// configuration, and the `manifest.json` of `docker save`. Parsing is total: any text gives a
// document or an error that names the place.
//
//   ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest("blobs/sha256/ab…", text));
//   manifest.layers[0].digest
#ifndef TOOLS_OCI_DOCUMENTS_H_
#define TOOLS_OCI_DOCUMENTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/platform.h"

namespace linuxkit {

// Annotations of an index that name an image. OCI tools write the first; containerd writes the
// whole name into the second, and so does `docker save` since Docker 25, which gives the first the
// tag alone.
inline constexpr char kReferenceKey[] = "org.opencontainers.image.ref.name";
inline constexpr char kContainerdNameKey[] = "io.containerd.image.name";

inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kOciLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kDockerIndex =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";

struct OciDescriptor {
  std::string media_type;
  // "sha256:" and 64 lower-case hex digits.
  std::string digest;
  uint64_t size = 0;
  std::optional<Platform> platform;
  std::map<std::string, std::string> annotations;
  // Set if the manifest is that of an artifact, such as a signature.
  std::string artifact_type = {};

  bool IsIndex() const { return media_type == kOciIndex || media_type == kDockerIndex; }
  bool IsManifest() const { return media_type == kOciManifest || media_type == kDockerManifest; }
};

// What a manifest or an index says of its purpose: artifacts have a type, and what belongs to an
// image, as signatures do, names it as its subject.
struct Purpose {
  std::string artifact_type;
  bool has_subject = false;
};

// OCI image index or Docker manifest list.
struct ImageIndex {
  std::vector<OciDescriptor> manifests;
  Purpose purpose = {};
};

// OCI image manifest or Docker image manifest, schema 2.
struct ImageManifest {
  OciDescriptor config;
  std::vector<OciDescriptor> layers;
  Purpose purpose = {};
};

struct ParsedConfig {
  // Without chain_id and manifest_digest, which are not in the document.
  ImageConfig config;
  std::vector<std::string> diff_ids;
};

// One image of a `docker save` archive. The paths are members of the archive.
struct DockerImage {
  std::string config;
  std::vector<std::string> repo_tags;
  std::vector<std::string> layers;
};

// `name` is the document's name in errors.
absl::StatusOr<ImageIndex> ParseIndex(std::string_view name, std::string_view text);
absl::StatusOr<ImageManifest> ParseManifest(std::string_view name, std::string_view text);
absl::StatusOr<ParsedConfig> ParseConfig(std::string_view name, std::string_view text);
absl::StatusOr<std::vector<DockerImage>> ParseDockerArchive(std::string_view name,
                                                            std::string_view text);

// The ChainID of the last of these layers (OCI image specification, "Layer ChainID") as 64 hex
// digits; without layers the digest of the empty string.
std::string ChainId(const std::vector<std::string>& diff_ids);

}  // namespace linuxkit

#endif  // TOOLS_OCI_DOCUMENTS_H_
