#include "tools/config/metadata.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/config/reference.h"
#include "tools/config/yaml_text.h"
#include "tools/spec/message_json.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// All stand in LinuxKit's text, also when empty.
constexpr std::string_view kSections[] = {"init",     "onboot", "onshutdown",
                                          "services", "files",  "volumes"};

// Labels and packages stay as written: their content has no name outside of the workspace.
absl::Status ExpandImage(std::string& text) {
  if (text.empty() || !IsReference(text)) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(text, ExpandReference(text));
  return absl::OkStatus();
}

template <typename Entries>
absl::Status ExpandImages(Entries& entries) {
  for (auto& entry : entries) ABSL_RETURN_IF_ERROR(ExpandImage(*entry.mutable_image()));
  return absl::OkStatus();
}

// `empty` is what a section without entries is.
absl::StatusOr<Json> ConfigJson(Config config, const Json& empty) {
  ABSL_RETURN_IF_ERROR(ExpandImage(*config.mutable_kernel()->mutable_image()));
  for (std::string& image : *config.mutable_init()) ABSL_RETURN_IF_ERROR(ExpandImage(image));
  ABSL_RETURN_IF_ERROR(ExpandImages(*config.mutable_onboot()));
  ABSL_RETURN_IF_ERROR(ExpandImages(*config.mutable_onshutdown()));
  ABSL_RETURN_IF_ERROR(ExpandImages(*config.mutable_services()));
  Json fields = SpecJson(config);
  Json all = Json::object();
  all["kernel"] = fields["kernel"];
  for (const std::string_view name : kSections) {
    const std::string section(name);
    all[section] = fields.contains(section) ? fields[section] : empty;
  }
  return all;
}

}  // namespace

absl::StatusOr<std::string> MetadataYaml(const Config& config) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ConfigJson(config, Json::array()));
  return YamlText(json);
}

absl::StatusOr<std::string> MetadataJson(const Config& config) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ConfigJson(config, nullptr));
  return json.dump(4, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace linuxkit
