// Skeletons as text: the JSON of the lock file, and the lines that say how two of them differ.
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/config/skeleton.h"
#include "tools/spec/message_json.h"
#include "tools/spec/schema.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// The command that makes skeletons and YAML agree again.
constexpr std::string_view kRelock = "bazel run @linuxkit//:lock";

// Values on one line, blanks as people write them.
std::string OneLine(const Json& json) {
  if (json.is_array()) {
    const auto add = [](std::string* out, const Json& item) { *out += OneLine(item); };
    return absl::StrCat("[", absl::StrJoin(json, ", ", add), "]");
  }
  if (json.is_object()) {
    const auto add = [](std::string* out, const auto& field) {
      absl::StrAppend(out, Json(field.key()).dump(), ": ", OneLine(field.value()));
    };
    return absl::StrCat("{", absl::StrJoin(json.items(), ", ", add), "}");
  }
  return json.dump();
}

// Lists spread out, one item a line.
std::string SpreadList(const Json& list) {
  if (list.empty()) return "[]";
  return absl::StrCat(
      "[\n    ",
      absl::StrJoin(list, ",\n    ",
                    [](std::string* out, const Json& item) { *out += OneLine(item); }),
      "\n  ]");
}

// "image": {"text": "x", "reference": ...} -> image "x"; other fields by name and value.
std::string FieldsText(const Json& json) {
  if (!json.is_object()) return OneLine(json);
  if (json.contains("text")) {
    return absl::StrCat(OneLine(json["text"]), json.contains("optional") ? ", optional" : "");
  }
  return absl::StrJoin(json.items(), ", ", [](std::string* out, const auto& field) {
    absl::StrAppend(out, field.key(), " ", FieldsText(field.value()));
  });
}

// One line for each thing that must agree: `services: name "web", image "nginx:1"`.
std::vector<std::string> Lines(const Skeleton& skeleton) {
  std::vector<std::string> lines;
  const Json json = SpecJson(skeleton);
  for (const auto& field : json.items()) {
    if (field.key() == "files") {
      for (const auto& part : field.value().items()) {
        for (const Json& item : part.value()) {
          lines.push_back(absl::StrCat("files: ", part.key(), " ", FieldsText(item)));
        }
      }
    } else if (field.value().is_array()) {
      for (const Json& item : field.value()) {
        lines.push_back(absl::StrCat(field.key(), ": ", FieldsText(item)));
      }
    } else {
      lines.push_back(absl::StrCat(field.key(), ": ", FieldsText(field.value())));
    }
  }
  return lines;
}

// Those of `from` that `other` has not, or has less often.
void AddMissing(std::string_view mark, std::vector<std::string> from,
                std::vector<std::string> other, std::vector<std::string>& out) {
  std::sort(from.begin(), from.end());
  std::sort(other.begin(), other.end());
  std::vector<std::string> missing;
  std::set_difference(from.begin(), from.end(), other.begin(), other.end(),
                      std::back_inserter(missing));
  for (const std::string& line : missing) out.push_back(absl::StrCat("  ", mark, " ", line));
}

// Both have the same lines; the sections in which they stand in another order.
void AddReordered(const std::vector<std::string>& locked, const std::vector<std::string>& actual,
                  std::vector<std::string>& out) {
  for (size_t i = 0; i < locked.size(); ++i) {
    if (locked[i] == actual[i]) continue;
    std::string line =
        absl::StrCat("  ~ ", actual[i].substr(0, actual[i].find(':')), ": in another order");
    if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(std::move(line));
  }
}

}  // namespace

std::string SkeletonJson(const Skeleton& skeleton) {
  std::vector<std::string> fields;
  const Json json = SpecJson(skeleton);
  for (const auto& field : json.items()) {
    fields.push_back(absl::StrCat(
        "  \"", field.key(),
        "\": ", field.value().is_array() ? SpreadList(field.value()) : OneLine(field.value())));
  }
  return absl::StrCat("{\n", absl::StrJoin(fields, ",\n"), "\n}\n");
}

absl::StatusOr<Skeletons> ParseSkeletons(std::string_view json, const DocumentSource& source) {
  ABSL_ASSIGN_OR_RETURN(const YamlValue value, ParseYaml(json, source));
  Problems problems(source);
  Skeletons skeletons;
  FillMessage(value, {}, skeletons, problems);
  ABSL_RETURN_IF_ERROR(problems.ToStatus());
  return skeletons;
}

std::vector<std::string> SkeletonDifferences(const Skeleton& locked, const Skeleton& actual) {
  const std::vector<std::string> locked_lines = Lines(locked);
  const std::vector<std::string> actual_lines = Lines(actual);
  std::vector<std::string> out;
  if (locked_lines == actual_lines) return out;
  AddMissing("+", actual_lines, locked_lines, out);
  AddMissing("-", locked_lines, actual_lines, out);
  if (out.empty()) AddReordered(locked_lines, actual_lines, out);
  return out;
}

absl::Status CheckSkeleton(std::string_view path, const Skeleton& locked, const Skeleton& actual) {
  const std::vector<std::string> differences = SkeletonDifferences(locked, actual);
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      path, ": sections, names or images are not those of the lock file:\n",
      absl::StrJoin(differences, "\n"), "\nTo bring the lock file up to date: ", kRelock));
}

}  // namespace linuxkit
