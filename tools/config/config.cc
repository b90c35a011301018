#include "tools/config/config.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/config/config_checks.h"
#include "tools/config/document.h"
#include "tools/spec/problems.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

// A text that is no YAML is one problem of its own; the other files are read all the same.
absl::Status ReadText(const ConfigFile& file, Document& document) {
  const DocumentSource source = {.name = file.path, .positions = true, .text = file.text};
  absl::StatusOr<YamlValue> root = ParseYaml(file.text, source);
  if (absl::IsNotFound(root.status())) {
    return absl::InvalidArgumentError(absl::StrCat(
        root.status().message(), "; expected sections such as kernel, init and services"));
  }
  if (!root.ok()) return root.status();
  document.root = *std::move(root);
  ReadDocument(document);
  return absl::OkStatus();
}

absl::Status AllProblems(absl::Span<const Document> documents, std::vector<std::string> messages) {
  std::vector<const Problems*> problems;
  for (const Document& document : documents) problems.push_back(&document.problems);
  const absl::Status status = ToStatus(problems);
  if (!status.ok()) messages.emplace_back(status.message());
  if (messages.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(messages, "\n"));
}

}  // namespace

absl::StatusOr<std::vector<Config>> ParseConfigs(absl::Span<const ConfigFile> files) {
  std::vector<Document> documents;
  std::vector<std::string> unreadable;
  for (const ConfigFile& file : files) {
    const absl::Status status = ReadText(file, documents.emplace_back(file));
    if (!status.ok()) unreadable.emplace_back(status.message());
  }
  // Names may be in the file that could not be read.
  if (unreadable.empty()) CheckSystem(absl::MakeSpan(documents));
  const absl::Status status = AllProblems(documents, std::move(unreadable));
  if (!status.ok()) return status;
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
