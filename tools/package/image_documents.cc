#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/package/image_writer.h"

namespace linuxkit {
namespace {

// Members keep the order they are added in: the order of the specification.
using Json = nlohmann::ordered_json;

template <typename Strings>
void SetList(Json& object, const char* key, const Strings& strings) {
  if (!strings.empty()) object[key] = std::vector<std::string>(strings.begin(), strings.end());
}

void SetString(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

Json RunConfig(const ImageConfig& config, const std::string& user) {
  Json object = Json::object();
  SetString(object, "User", user);
  SetList(object, "Env", config.env());
  SetList(object, "Entrypoint", config.entrypoint());
  SetList(object, "Cmd", config.cmd());
  SetString(object, "WorkingDir", config.working_dir());
  // The protobuf map has no order of its own.
  const std::map<std::string, std::string> labels(config.labels().begin(), config.labels().end());
  if (!labels.empty()) object["Labels"] = labels;
  return object;
}

Json DiffIds(const ImageLayers& layers) {
  Json diff_ids = Json::array();
  for (const ImageLayers::Layer& layer : layers.layers()) diff_ids.push_back(layer.diff_id());
  return diff_ids;
}

Json ConfigDocument(const ImageConfig& config, const std::string& user, const ImageLayers& layers) {
  Json document = {{"architecture", config.architecture()}, {"os", config.os()}};
  SetString(document, "variant", config.variant());
  document["config"] = RunConfig(config, user);
  document["rootfs"] = {{"type", "layers"}, {"diff_ids", DiffIds(layers)}};
  return document;
}

// The members that we write replace those of the base; the user remains unless one is given.
void ReplaceRunConfig(Json own, Json& base) {
  if (!base.is_object()) base = Json::object();
  for (const char* const key : {"Env", "Entrypoint", "Cmd", "WorkingDir", "Labels"}) {
    base.erase(key);
  }
  base.update(own);
}

// The history, which images need not have, has an element for each layer.
Json ConfigDocumentOver(const std::string& base, const ImageConfig& config, const std::string& user,
                        const ImageLayers& layers) {
  Json document = Json::parse(base, nullptr, /*allow_exceptions=*/false);
  ReplaceRunConfig(RunConfig(config, user), document["config"]);
  document["rootfs"] = {{"type", "layers"}, {"diff_ids", DiffIds(layers)}};
  const auto history = document.find("history");
  if (history != document.end() && history->is_array()) {
    history->push_back({{"created_by", "linuxkit_package"}});
  }
  return document;
}

Json DescriptorOf(std::string_view media_type, std::string_view digest, uint64_t size) {
  return {{"mediaType", media_type}, {"digest", digest}, {"size", size}};
}

Json ManifestDocument(const std::string& config, const ImageLayers& layers) {
  Json document = {{"schemaVersion", 2}, {"mediaType", kOciManifest}};
  document["config"] = DescriptorOf(kOciConfig, OciDigest(Sha256Of(config)), config.size());
  document["layers"] = Json::array();
  for (const ImageLayers::Layer& layer : layers.layers()) {
    document["layers"].push_back(DescriptorOf(layer.media_type(), layer.digest(), layer.size()));
  }
  return document;
}

absl::StatusOr<std::string> Dump(const Json& document) {
  try {
    return document.dump();
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError(
        "the image configuration has text that is not valid UTF-8, which JSON cannot hold");
  }
}

absl::StatusOr<ImageDocuments> WriteDocuments(const Json& config, const ImageLayers& layers) {
  ImageDocuments documents;
  ABSL_ASSIGN_OR_RETURN(documents.config, Dump(config));
  ABSL_ASSIGN_OR_RETURN(documents.manifest, Dump(ManifestDocument(documents.config, layers)));
  return documents;
}

}  // namespace

absl::StatusOr<ImageDocuments> WriteImageDocuments(const ImageConfig& config,
                                                   const std::string& user,
                                                   const ImageLayers& layers) {
  return WriteDocuments(ConfigDocument(config, user, layers), layers);
}

absl::StatusOr<ImageDocuments> WriteImageDocumentsOver(const ImageSource& base,
                                                       const ImageConfig& config,
                                                       const std::string& user,
                                                       const ImageLayers& layers) {
  return WriteDocuments(ConfigDocumentOver(base.config_document(), config, user, layers), layers);
}

}  // namespace linuxkit
