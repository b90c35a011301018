#include "tools/package/build_yml.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/package/yaml_json.h"
#include "yaml-cpp/yaml.h"

namespace linuxkit {
namespace {

constexpr std::string_view kKeys[] = {
    "image",         "org",     "dockerfile",
    "tag",           "arches",  "extra-sources",
    "gitrepo",       "network", "disable-content-trust",
    "disable-cache", "config",  "buildArgs",
    "depends",
};

// Edits that turn `a` into `b` (Levenshtein).
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string_view NearestKey(std::string_view key) {
  return *std::min_element(std::begin(kKeys), std::end(kKeys),
                           [key](std::string_view a, std::string_view b) {
                             return Distance(key, a) < Distance(key, b);
                           });
}

absl::Status CheckKeys(std::string_view name, const YAML::Node& root) {
  std::set<std::string> seen;
  for (const auto& member : root) {
    const std::string key = member.first.IsScalar() ? member.first.Scalar() : "";
    if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
      return YamlError(name, member.first,
                       absl::StrCat("found the unknown key \"", key, "\"; did you mean \"",
                                    NearestKey(key), "\"?"));
    }
    if (!seen.insert(key).second) {
      return YamlError(name, member.first, absl::StrCat("\"", key, "\" is given twice"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LabelOf(std::string_view name, const YAML::Node& root) {
  if (!root.IsMap()) return YamlError(name, root, "expected a mapping with the key \"image\"");
  ABSL_RETURN_IF_ERROR(CheckKeys(name, root));
  const YAML::Node image = root["image"];
  if (!image || !image.IsScalar() || image.Scalar().empty()) {
    return YamlError(name, image ? image : root, "\"image\" must give the package's name");
  }
  const YAML::Node config = root["config"];
  if (!config || config.IsNull()) return "";
  if (!config.IsMap()) return YamlError(name, config, "\"config\" must be a mapping");
  ABSL_ASSIGN_OR_RETURN(const nlohmann::ordered_json json, YamlToJson(name, config));
  return json.dump();
}

}  // namespace

absl::StatusOr<std::string> ConfigLabelOf(std::string_view name, const std::string& yaml) {
  // yaml-cpp and the JSON writer (text that is not UTF-8) report by exceptions.
  try {
    return LabelOf(name, YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": line ", error.mark.line + 1, ": not valid YAML: ", error.msg));
  } catch (const nlohmann::json::exception&) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": found text that is not valid UTF-8"));
  }
}

}  // namespace linuxkit
