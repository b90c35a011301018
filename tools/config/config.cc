#include "tools/config/config.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "tools/config/config_checks.h"
#include "tools/config/document.h"
#include "tools/config/old_spellings.h"
#include "tools/spec/problems.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

enum class Names { kOfOneSystem, kNotChecked };

absl::StatusOr<std::vector<Config>> Parse(absl::Span<const ConfigFile> files, Names names) {
  std::vector<Document> documents;
  bool complete = true;
  for (const ConfigFile& file : files) {
    Document& document = documents.emplace_back(file);
    const std::optional<YamlValue> root = ReadYaml(file.text, document.problems);
    complete = complete && root.has_value();
    if (!root) continue;
    document.root = Modernize(*root).root;
    ReadDocument(document);
  }
  // Names that seem to be missing may be in a file that could not be read.
  if (complete && names == Names::kOfOneSystem) CheckSystem(absl::MakeSpan(documents));
  std::vector<const Problems*> problems;
  for (const Document& document : documents) problems.push_back(&document.problems);
  ABSL_RETURN_IF_ERROR(ToStatus(problems));
  std::vector<Config> configs;
  for (Document& document : documents) configs.push_back(std::move(document.config));
  return configs;
}

}  // namespace

absl::StatusOr<std::vector<Config>> ParseConfigs(absl::Span<const ConfigFile> files) {
  return Parse(files, Names::kOfOneSystem);
}

absl::StatusOr<std::vector<Config>> ParseSeparateConfigs(absl::Span<const ConfigFile> files) {
  return Parse(files, Names::kNotChecked);
}

Config MergeConfigs(absl::Span<const Config> configs) {
  Config merged;
  // A later text replaces an earlier one unless it is empty, `optional` ones also then, lists grow:
  // what protobuf calls merging.
  for (const Config& config : configs) merged.MergeFrom(config);
  return merged;
}

}  // namespace linuxkit
