#include "tools/config/config.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "tools/config/config_checks.h"
#include "tools/config/document.h"
#include "tools/spec/problems.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
absl::StatusOr<std::vector<Config>> ParseConfigs(absl::Span<const ConfigFile> files) {
  std::vector<Document> documents;
  bool complete = true;
  for (const ConfigFile& file : files) {
    Document& document = documents.emplace_back(file);
    std::optional<YamlValue> root = ReadYaml(file.text, document.problems);
    complete = complete && root.has_value();
    if (!root) continue;
    document.root = *std::move(root);
    ReadDocument(document);
  }
  // Names that seem to be missing may be in a file that could not be read.
  if (complete) CheckSystem(absl::MakeSpan(documents));
  std::vector<const Problems*> problems;
  for (const Document& document : documents) problems.push_back(&document.problems);
  ABSL_RETURN_IF_ERROR(ToStatus(problems));
  std::vector<Config> configs;
  for (Document& document : documents) configs.push_back(std::move(document.config));
  return configs;
}

Config MergeConfigs(absl::Span<const Config> configs) {
  Config merged;
  // A later text replaces an earlier one unless it is empty, `optional` ones also then, lists grow:
  // what protobuf calls merging.
  for (const Config& config : configs) merged.MergeFrom(config);
  return merged;
}

}  // namespace linuxkit
