// YAML as JSON.
#ifndef TOOLS_PACKAGE_YAML_JSON_H_
#define TOOLS_PACKAGE_YAML_JSON_H_

#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "yaml-cpp/yaml.h"

namespace linuxkit {

// The value of `node`: mappings in their order, scalars typed as the core schema of YAML 1.2 says
// (so `yes` is a string). `name` stands in messages, which name the line. What JSON has no form for
// (infinity, keys that are not scalars, a key given twice) is an error, and so is a document that
// aliases blow up.
absl::StatusOr<nlohmann::ordered_json> YamlToJson(std::string_view name, const YAML::Node& node);

// "NAME: line 3: PROBLEM", for the place where `node` begins.
absl::Status YamlError(std::string_view name, const YAML::Node& node, std::string_view problem);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_YAML_JSON_H_
