// From the outside in: conflict markers, JSON, version, then what each part says. The descriptors
// of configuration and layers are taken from the manifest, which its digest protects; those that
// stand beside it are for Starlark and for reviewers.
#include "tools/lock/lock_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/sha256.h"
#include "tools/config/skeleton.h"
#include "tools/oci/json.h"
#include "tools/oci/platform.h"

namespace linuxkit {
namespace {

using nlohmann::json;

constexpr uint64_t kVersion = 1;

// The line of the byte at `offset`, counted from 1.
size_t LineOf(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
}

// What to do with a file that cannot be read at all.
std::string Remedy(std::string_view path) {
  return absl::StrCat("; restore the file: git checkout ", path,
                      ", or resolve every image anew: rm ", path, " && ", kLockCommand);
}

absl::Status CheckConflictMarkers(std::string_view path, std::string_view text) {
  size_t number = 0;
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (!absl::StartsWith(line, "<<<<<<< ") && !absl::StartsWith(line, ">>>>>>> ")) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        path, ":", number, ": found a merge conflict; expected one lock. Take either ",
        "side, what it lacks is added: git checkout --theirs ", path, " && ", kLockCommand));
  }
  return absl::OkStatus();
}

absl::StatusOr<json> ParseJson(std::string_view path, std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    // The parser counts bytes from 1, and one more at the end.
    const bool at_end = error.byte == 0 || error.byte > text.size();
    const size_t offset = at_end ? text.size() : error.byte - 1;
    const std::string found =
        at_end ? "the end" : absl::StrCat("\"", absl::CEscape(text.substr(offset, 1)), "\"");
    return absl::InvalidArgumentError(absl::StrCat(path, ":", LineOf(text, offset), ": found ",
                                                   found, "; expected valid JSON", Remedy(path)));
  }
}

absl::Status CheckVersion(std::string_view path, std::string_view text, const json& root) {
  const bool is_lock = root.is_object() && root.contains("version");
  if (is_lock && root["version"] == kVersion) return absl::OkStatus();
  const size_t line = is_lock ? LineOf(text, text.find("\"version\"")) : 1;
  return absl::InvalidArgumentError(absl::StrCat(
      path, ":", line, ": found ",
      is_lock ? absl::StrCat("version ", root["version"].dump()) : "no version", "; expected ",
      kVersion, ". Use the rules_linuxkit that wrote the file, or resolve every image anew: rm ",
      path, " && ", kLockCommand));
}

absl::Status CheckDigest(const JsonNode& document, const std::string& text,
                         const std::string& digest) {
  const std::string found = OciDigest(Sha256Of(text));
  if (found == digest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(document.Name(), ": found content of digest ", found, "; expected ", digest));
}

absl::StatusOr<OciDescriptor> ReadDescriptor(const JsonNode& node) {
  OciDescriptor descriptor;
  ABSL_ASSIGN_OR_RETURN(const JsonNode media_type, node.Required("media_type"));
  ABSL_ASSIGN_OR_RETURN(descriptor.media_type, media_type.String());
  ABSL_ASSIGN_OR_RETURN(const JsonNode digest, node.Required("digest"));
  ABSL_ASSIGN_OR_RETURN(descriptor.digest, digest.Digest());
  ABSL_ASSIGN_OR_RETURN(const JsonNode size, node.Required("size"));
  ABSL_ASSIGN_OR_RETURN(descriptor.size, size.Size());
  return descriptor;
}

absl::StatusOr<std::string> ReadPlatformName(const JsonNode& node) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, node.String());
  if (!Platform::Parse(text).ok()) return node.Unexpected("a platform like \"linux/amd64\"");
  return text;
}

absl::StatusOr<LockedPlatform> ReadPlatform(const JsonNode& node) {
  LockedPlatform platform;
  ABSL_ASSIGN_OR_RETURN(const JsonNode name, node.Required("platform"));
  ABSL_ASSIGN_OR_RETURN(platform.platform, ReadPlatformName(name));
  ABSL_ASSIGN_OR_RETURN(const JsonNode descriptor, node.Required("manifest"));
  ABSL_ASSIGN_OR_RETURN(platform.manifest, ReadDescriptor(descriptor));
  ABSL_ASSIGN_OR_RETURN(const JsonNode manifest, node.Required("manifest_json"));
  ABSL_ASSIGN_OR_RETURN(platform.manifest_json, manifest.String());
  ABSL_RETURN_IF_ERROR(CheckDigest(manifest, platform.manifest_json, platform.manifest.digest));
  ABSL_ASSIGN_OR_RETURN(platform.content, ParseManifest(manifest.Name(), platform.manifest_json));
  ABSL_ASSIGN_OR_RETURN(const JsonNode config, node.Required("config_json"));
  ABSL_ASSIGN_OR_RETURN(platform.config_json, config.String());
  ABSL_RETURN_IF_ERROR(CheckDigest(config, platform.config_json, platform.content.config.digest));
  return platform;
}

absl::StatusOr<std::vector<LockedPlatform>> ReadPlatforms(const JsonNode& list) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, list.Elements());
  std::vector<LockedPlatform> platforms;
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(platforms.emplace_back(), ReadPlatform(element));
  }
  return platforms;
}

absl::StatusOr<LockedIndex> ReadIndex(const JsonNode& node, const std::string& digest) {
  LockedIndex index;
  ABSL_ASSIGN_OR_RETURN(const JsonNode text, node.Required("json"));
  ABSL_ASSIGN_OR_RETURN(index.json, text.String());
  ABSL_RETURN_IF_ERROR(CheckDigest(text, index.json, digest));
  ABSL_RETURN_IF_ERROR(ParseIndex(text.Name(), index.json).status());
  ABSL_ASSIGN_OR_RETURN(const JsonNode images, node.Required("images"));
  ABSL_ASSIGN_OR_RETURN(index.images, ReadPlatforms(images));
  return index;
}

absl::StatusOr<LockedImage> ReadImage(const JsonNode& node) {
  LockedImage image;
  ABSL_ASSIGN_OR_RETURN(const JsonNode name, node.Required("name"));
  ABSL_ASSIGN_OR_RETURN(image.name, name.String());
  ABSL_ASSIGN_OR_RETURN(const JsonNode reference, node.Required("reference"));
  ABSL_ASSIGN_OR_RETURN(image.reference, reference.String());
  ABSL_ASSIGN_OR_RETURN(const JsonNode digest, node.Required("digest"));
  ABSL_ASSIGN_OR_RETURN(image.digest, digest.Digest());
  ABSL_ASSIGN_OR_RETURN(const JsonNode media_type, node.Required("media_type"));
  ABSL_ASSIGN_OR_RETURN(image.media_type, media_type.String());
  ABSL_ASSIGN_OR_RETURN(const JsonNode platforms, node.Required("platforms"));
  ABSL_ASSIGN_OR_RETURN(image.platforms, ReadPlatforms(platforms));
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> index, node.Optional("index"));
  if (index) {
    ABSL_ASSIGN_OR_RETURN(image.index, ReadIndex(*index, image.digest));
  }
  return image;
}

absl::StatusOr<std::vector<LockedImage>> ReadImages(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(const JsonNode list, root.Required("images"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, list.Elements());
  std::vector<LockedImage> images;
  std::set<std::string> references;
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(images.emplace_back(), ReadImage(element));
    if (references.insert(images.back().reference).second) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        element.Name(), ": found ", images.back().reference, " again; expected each image once"));
  }
  return images;
}

absl::StatusOr<LockFile> ReadLock(std::string_view path, const json& json_root,
                                  const JsonNode& root) {
  LockFile lock;
  ABSL_ASSIGN_OR_RETURN(const JsonNode platforms, root.Required("platforms"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, platforms.Elements());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(lock.platforms.emplace_back(), ReadPlatformName(element));
  }
  ABSL_RETURN_IF_ERROR(root.Required("configs").status());
  const std::string configs = json({{"configs", json_root["configs"]}}).dump();
  ABSL_ASSIGN_OR_RETURN(const Skeletons skeletons,
                        ParseSkeletons(configs, {.name = std::string(path)}));
  lock.configs.assign(skeletons.configs().begin(), skeletons.configs().end());
  ABSL_ASSIGN_OR_RETURN(lock.images, ReadImages(root));
  return lock;
}

}  // namespace

absl::StatusOr<LockFile> ParseLockFile(std::string_view path, std::string_view text) {
  ABSL_RETURN_IF_ERROR(CheckConflictMarkers(path, text));
  ABSL_ASSIGN_OR_RETURN(const json root, ParseJson(path, text));
  ABSL_RETURN_IF_ERROR(CheckVersion(path, text, root));
  const std::string name(path);
  absl::StatusOr<LockFile> lock = ReadLock(path, root, JsonNode(&name, &root, ""));
  if (lock.ok()) return lock;
  return absl::Status(lock.status().code(), absl::StrCat(lock.status().message(), Remedy(path)));
}

}  // namespace linuxkit
