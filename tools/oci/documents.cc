#include "tools/oci/documents.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"
#include "tools/oci/json.h"

namespace linuxkit {
namespace {

// The string member `key`, or "" if it is absent.
absl::StatusOr<std::string> StringOrEmpty(const JsonNode& object, std::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> node, object.Optional(key));
  if (!node) return "";
  return node->String();
}

absl::StatusOr<std::vector<std::string>> ListOrEmpty(const JsonNode& object, std::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> node, object.Optional(key));
  if (!node) return std::vector<std::string>();
  return node->StringList();
}

absl::StatusOr<std::map<std::string, std::string>> MapOrEmpty(const JsonNode& object,
                                                              std::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> node, object.Optional(key));
  if (!node) return std::map<std::string, std::string>();
  return node->StringMap();
}

absl::StatusOr<std::string> RequiredString(const JsonNode& object, std::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode node, object.Required(key));
  ABSL_ASSIGN_OR_RETURN(std::string text, node.String());
  if (text.empty()) return node.Unexpected("a string that is not empty");
  return text;
}

absl::StatusOr<Platform> ReadPlatform(const JsonNode& node) {
  Platform platform;
  ABSL_ASSIGN_OR_RETURN(platform.os, RequiredString(node, "os"));
  ABSL_ASSIGN_OR_RETURN(platform.architecture, RequiredString(node, "architecture"));
  ABSL_ASSIGN_OR_RETURN(platform.variant, StringOrEmpty(node, "variant"));
  return platform;
}

absl::StatusOr<OciDescriptor> ReadDescriptor(const JsonNode& node) {
  OciDescriptor descriptor;
  ABSL_ASSIGN_OR_RETURN(descriptor.media_type, RequiredString(node, "mediaType"));
  ABSL_ASSIGN_OR_RETURN(const JsonNode digest, node.Required("digest"));
  ABSL_ASSIGN_OR_RETURN(descriptor.digest, digest.Digest());
  ABSL_ASSIGN_OR_RETURN(const JsonNode size, node.Required("size"));
  ABSL_ASSIGN_OR_RETURN(descriptor.size, size.Size());
  ABSL_ASSIGN_OR_RETURN(descriptor.annotations, MapOrEmpty(node, "annotations"));
  ABSL_ASSIGN_OR_RETURN(descriptor.artifact_type, StringOrEmpty(node, "artifactType"));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> platform, node.Optional("platform"));
  if (platform) {
    ABSL_ASSIGN_OR_RETURN(descriptor.platform, ReadPlatform(*platform));
  }
  return descriptor;
}

absl::StatusOr<std::vector<OciDescriptor>> ReadDescriptors(const JsonNode& object,
                                                           std::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode list, object.Required(key));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, list.Elements());
  std::vector<OciDescriptor> descriptors;
  descriptors.reserve(elements.size());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(descriptors.emplace_back(), ReadDescriptor(element));
  }
  return descriptors;
}

// Both specifications fix schemaVersion to 2. Version 1 is a different format that no registry
// serves any more.
absl::Status CheckSchemaVersion(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode node, root.Required("schemaVersion"));
  const absl::StatusOr<uint64_t> version = node.Size();
  if (!version.ok() || *version != 2) return node.Unexpected("2");
  return absl::OkStatus();
}

// A document without a media type is an OCI one: there the field is optional.
absl::Status CheckMediaType(const JsonNode& root, std::string_view oci, std::string_view docker) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> node, root.Optional("mediaType"));
  if (!node) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string media_type, node->String());
  if (media_type == oci || media_type == docker) return absl::OkStatus();
  return node->Unexpected(absl::StrCat("\"", oci, "\" or \"", docker, "\""));
}

absl::StatusOr<Purpose> ReadPurpose(const JsonNode& root) {
  Purpose purpose;
  ABSL_ASSIGN_OR_RETURN(purpose.artifact_type, StringOrEmpty(root, "artifactType"));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> subject, root.Optional("subject"));
  purpose.has_subject = subject.has_value();
  return purpose;
}

template <typename Strings>
void Assign(const std::vector<std::string>& from, Strings& to) {
  to.Assign(from.begin(), from.end());
}

// The "config" object: what a container made of the image runs.
absl::Status ReadRunConfig(const JsonNode& node, ImageConfig& config) {
  ABSL_ASSIGN_OR_RETURN(const auto entrypoint, ListOrEmpty(node, "Entrypoint"));
  ABSL_ASSIGN_OR_RETURN(const auto cmd, ListOrEmpty(node, "Cmd"));
  ABSL_ASSIGN_OR_RETURN(const auto env, ListOrEmpty(node, "Env"));
  ABSL_ASSIGN_OR_RETURN(const auto labels, MapOrEmpty(node, "Labels"));
  ABSL_ASSIGN_OR_RETURN(const std::string working_dir, StringOrEmpty(node, "WorkingDir"));
  Assign(entrypoint, *config.mutable_entrypoint());
  Assign(cmd, *config.mutable_cmd());
  Assign(env, *config.mutable_env());
  config.mutable_labels()->insert(labels.begin(), labels.end());
  config.set_working_dir(working_dir);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadDiffIds(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode rootfs, root.Required("rootfs"));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> list, rootfs.Optional("diff_ids"));
  std::vector<std::string> diff_ids;
  if (!list) return diff_ids;
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, list->Elements());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(diff_ids.emplace_back(), element.Digest());
  }
  return diff_ids;
}

absl::StatusOr<DockerImage> ReadDockerImage(const JsonNode& node) {
  DockerImage image;
  ABSL_ASSIGN_OR_RETURN(image.config, RequiredString(node, "Config"));
  ABSL_ASSIGN_OR_RETURN(image.repo_tags, ListOrEmpty(node, "RepoTags"));
  ABSL_ASSIGN_OR_RETURN(image.layers, ListOrEmpty(node, "Layers"));
  return image;
}

}  // namespace

absl::StatusOr<ImageIndex> ParseIndex(std::string_view name, std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  ABSL_RETURN_IF_ERROR(CheckSchemaVersion(document.root()));
  ABSL_RETURN_IF_ERROR(CheckMediaType(document.root(), kOciIndex, kDockerIndex));
  ImageIndex index;
  ABSL_ASSIGN_OR_RETURN(index.manifests, ReadDescriptors(document.root(), "manifests"));
  ABSL_ASSIGN_OR_RETURN(index.purpose, ReadPurpose(document.root()));
  return index;
}

absl::StatusOr<ImageManifest> ParseManifest(std::string_view name, std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  ABSL_RETURN_IF_ERROR(CheckSchemaVersion(document.root()));
  ABSL_RETURN_IF_ERROR(CheckMediaType(document.root(), kOciManifest, kDockerManifest));
  ABSL_ASSIGN_OR_RETURN(const JsonNode config, document.root().Required("config"));
  ImageManifest manifest;
  ABSL_ASSIGN_OR_RETURN(manifest.config, ReadDescriptor(config));
  ABSL_ASSIGN_OR_RETURN(manifest.layers, ReadDescriptors(document.root(), "layers"));
  ABSL_ASSIGN_OR_RETURN(manifest.purpose, ReadPurpose(document.root()));
  return manifest;
}

absl::StatusOr<ParsedConfig> ParseConfig(std::string_view name, std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  const JsonNode root = document.root();
  ParsedConfig result;
  ABSL_ASSIGN_OR_RETURN(const Platform platform, ReadPlatform(root));
  result.config.set_os(platform.os);
  result.config.set_architecture(platform.architecture);
  result.config.set_variant(platform.variant);
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> run_config, root.Optional("config"));
  if (run_config) {
    ABSL_RETURN_IF_ERROR(ReadRunConfig(*run_config, result.config));
  }
  ABSL_ASSIGN_OR_RETURN(result.diff_ids, ReadDiffIds(root));
  return result;
}

absl::StatusOr<std::vector<DockerImage>> ParseDockerArchive(std::string_view name,
                                                            std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, document.root().Elements());
  std::vector<DockerImage> images;
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(images.emplace_back(), ReadDockerImage(element));
  }
  return images;
}

std::string ChainId(const std::vector<std::string>& diff_ids) {
  if (diff_ids.empty()) return Hex(Sha256Of(""));
  std::string chain = diff_ids.front();
  for (size_t i = 1; i < diff_ids.size(); ++i) {
    chain = OciDigest(Sha256Of(absl::StrCat(chain, " ", diff_ids[i])));
  }
  return chain.substr(std::string_view("sha256:").size());
}

}  // namespace linuxkit
