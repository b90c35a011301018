#include "tools/oci/index_document.h"

#include <nlohmann/json.hpp>

namespace linuxkit {
namespace {

// Members keep the order they are added in.
using Json = nlohmann::ordered_json;

Json PlatformJson(const Platform& platform) {
  Json json = {{"architecture", platform.architecture}, {"os", platform.os}};
  if (!platform.variant.empty()) json["variant"] = platform.variant;
  return json;
}

std::string IndexOf(Json entry, int indent) {
  Json index = {{"schemaVersion", 2}, {"mediaType", kOciIndex}};
  index["manifests"] = Json::array({std::move(entry)});
  return index.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string IndexDocument(const OciDescriptor& entry, const std::string& reference) {
  Json json = {{"mediaType", entry.media_type}, {"digest", entry.digest}, {"size", entry.size}};
  if (entry.platform) json["platform"] = PlatformJson(*entry.platform);
  if (!reference.empty()) json["annotations"][std::string(kReferenceKey)] = reference;
  return IndexOf(std::move(json), -1);
}

std::string LinuxkitIndexDocument(const OciDescriptor& entry, const std::string& reference) {
  Json json = {{"mediaType", entry.media_type}, {"size", entry.size}, {"digest", entry.digest}};
  json["annotations"][std::string(kReferenceKey)] = reference;
  return IndexOf(std::move(json), 3);
}

}  // namespace linuxkit
