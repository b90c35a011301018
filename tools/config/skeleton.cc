#include "tools/config/skeleton.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/config/reference.h"
#include "tools/spec/message_json.h"
#include "tools/spec/schema.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// The command that makes skeletons and YAML agree again.
constexpr std::string_view kRelock = "bazel run @linuxkit//:lock";

class Maker {
 public:
  explicit Maker(std::string_view label) : package_(PackageOf(label)) {}

  absl::Status AddKernel(const Kernel& kernel, Skeleton& skeleton) const {
    if (!kernel.image().empty()) {
      ABSL_ASSIGN_OR_RETURN(*skeleton.mutable_kernel()->mutable_image(), Image(kernel.image()));
    }
    if (kernel.has_ucode()) skeleton.mutable_kernel()->set_ucode(kernel.ucode());
    return absl::OkStatus();
  }

  absl::Status AddContainer(const Container& entry, SkeletonContainer& part) const {
    part.set_name(entry.name());
    ABSL_ASSIGN_OR_RETURN(*part.mutable_image(), Image(entry.image()));
    std::set<std::string> names;
    AddId(entry.uid(), names);
    AddId(entry.gid(), names);
    for (const Id& id : entry.additional_gids().values()) AddId(id, names);
    part.mutable_id_names()->Assign(names.begin(), names.end());
    return absl::OkStatus();
  }

  absl::Status AddVolume(const Volume& entry, SkeletonVolume& part) const {
    part.set_name(entry.name());
    if (!entry.image().empty()) {
      ABSL_ASSIGN_OR_RETURN(*part.mutable_image(), Image(entry.image()));
    }
    if (entry.readonly()) part.set_readonly(true);
    part.set_format(entry.format());
    *part.mutable_platforms() = entry.platforms();
    return absl::OkStatus();
  }

  absl::Status AddFiles(const Config& config, SkeletonFiles& part) const {
    std::set<std::string> names;
    std::set<std::string> metadata;
    std::set<std::string> sources;
    for (const FileEntry& entry : config.files()) {
      AddId(entry.uid(), names);
      AddId(entry.gid(), names);
      if (!entry.metadata().empty()) metadata.insert(entry.metadata());
      ABSL_ASSIGN_OR_RETURN(const SkeletonSource source, Source(entry));
      const bool fresh = sources.insert(source.SerializeAsString()).second;
      if (!entry.source().empty() && fresh) *part.add_sources() = source;
    }
    part.mutable_id_names()->Assign(names.begin(), names.end());
    part.mutable_metadata()->Assign(metadata.begin(), metadata.end());
    return absl::OkStatus();
  }

  absl::StatusOr<SkeletonImage> Image(const std::string& text) const {
    SkeletonImage image;
    image.set_text(text);
    ABSL_ASSIGN_OR_RETURN(ImageName name, ParseImageName(text, package_));
    switch (name.kind) {
      case ImageName::Kind::kReference:
        image.set_reference(std::move(name.text));
        break;
      case ImageName::Kind::kLabel:
        image.set_label(std::move(name.text));
        break;
      case ImageName::Kind::kPackage:
        image.set_package(std::move(name.text));
        break;
    }
    return image;
  }

 private:
  absl::StatusOr<SkeletonSource> Source(const FileEntry& entry) const {
    SkeletonSource source;
    if (entry.source().empty()) return source;
    source.set_text(entry.source());
    ABSL_ASSIGN_OR_RETURN(SourceName name, ParseSourceName(entry.source(), package_));
    if (name.kind == SourceName::Kind::kHost) {
      source.set_host(std::move(name.text));
    } else {
      source.set_label(std::move(name.text));
    }
    if (entry.optional()) source.set_optional(true);
    return source;
  }

  static void AddId(const Id& id, std::set<std::string>& names) {
    if (!id.name().empty() && id.name() != "root") names.insert(id.name());
  }

  const std::string_view package_;
};

// Values on one line, blanks as people write them.
std::string OneLine(const Json& json) {
  const auto join = [](const auto& items, const auto& format) {
    return absl::StrJoin(items, ", ", format);
  };
  if (json.is_array()) {
    return absl::StrCat(
        "[", join(json, [](std::string* out, const Json& item) { *out += OneLine(item); }), "]");
  }
  if (!json.is_object()) return json.dump();
  return absl::StrCat("{",
                      join(json.items(),
                           [](std::string* out, const auto& field) {
                             absl::StrAppend(out, Json(field.key()).dump(), ": ",
                                             OneLine(field.value()));
                           }),
                      "}");
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

// "image": {"text": "x"} -> image "x"; other fields by name and value.
std::string FieldsText(const Json& json) {
  if (!json.is_object()) return OneLine(json);
  if (json.contains("text")) return OneLine(json["text"]);
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
void AddMissing(char mark, std::vector<std::string> from, std::vector<std::string> other,
                std::vector<std::string>& out) {
  std::sort(from.begin(), from.end());
  std::sort(other.begin(), other.end());
  std::vector<std::string> missing;
  std::set_difference(from.begin(), from.end(), other.begin(), other.end(),
                      std::back_inserter(missing));
  for (const std::string& line : missing)
    out.push_back(absl::StrCat("  ", std::string(1, mark), " ", line));
}

}  // namespace

absl::StatusOr<Skeleton> MakeSkeleton(const Config& config, std::string_view label) {
  const Maker maker(label);
  Skeleton skeleton;
  skeleton.set_config(std::string(label));
  ABSL_RETURN_IF_ERROR(maker.AddKernel(config.kernel(), skeleton));
  for (const std::string& image : config.init()) {
    ABSL_ASSIGN_OR_RETURN(*skeleton.add_init(), maker.Image(image));
  }
  for (const Container& entry : config.onboot()) {
    ABSL_RETURN_IF_ERROR(maker.AddContainer(entry, *skeleton.add_onboot()));
  }
  for (const Container& entry : config.onshutdown()) {
    ABSL_RETURN_IF_ERROR(maker.AddContainer(entry, *skeleton.add_onshutdown()));
  }
  for (const Container& entry : config.services()) {
    ABSL_RETURN_IF_ERROR(maker.AddContainer(entry, *skeleton.add_services()));
  }
  for (const Volume& entry : config.volumes()) {
    ABSL_RETURN_IF_ERROR(maker.AddVolume(entry, *skeleton.add_volumes()));
  }
  if (config.files().empty()) return skeleton;
  ABSL_RETURN_IF_ERROR(maker.AddFiles(config, *skeleton.mutable_files()));
  return skeleton;
}

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
  AddMissing('+', actual_lines, locked_lines, out);
  AddMissing('-', locked_lines, actual_lines, out);
  if (out.empty()) out.push_back("    the order of entries");
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
