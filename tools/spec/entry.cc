#include "tools/spec/entry.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/spec/container_checks.h"
#include "tools/spec/file_entry.h"
#include "tools/spec/ids.h"
#include "tools/spec/paths.h"
#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

constexpr std::pair<Section, std::string_view> kSections[] = {
    {Section::kOnboot, "onboot"},     {Section::kOnshutdown, "onshutdown"},
    {Section::kServices, "services"}, {Section::kFiles, "files"},
    {Section::kVolumes, "volumes"},
};

void RequireText(const YamlValue& value, const ValuePath& path, std::string_view key,
                 std::string_view meaning, Problems& problems) {
  const YamlValue* found = value.Find(key);
  // A wrong type has been reported already.
  if (found != nullptr && !(found->kind() == YamlValue::Kind::kString && found->text().empty())) {
    return;
  }
  problems.Add(found == nullptr ? value.position() : found->position(), path.ToString(),
               absl::StrCat(key, " is required; expected ", meaning));
}

void CheckName(const YamlValue& value, const ValuePath& path, Section section,
               const std::string& name, Problems& problems) {
  if (name.empty()) return;
  // Where the entry has a place in order, its number comes first.
  const std::string_view number = section == Section::kServices ? "" : "000-";
  const absl::Status status =
      CleanBundlePath(absl::StrCat("containers/", SectionName(section), "/", number, name))
          .status();
  if (!status.ok()) {
    problems.Add(value.Find("name")->position(), path.Key("name").ToString(), status.message());
  }
}

bool IsVolumeName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

absl::Status CheckPlatform(std::string_view platform) {
  const std::vector<std::string_view> parts = absl::StrSplit(platform, '/');
  const bool has_empty = std::find(parts.begin(), parts.end(), "") != parts.end();
  if (parts.size() >= 2 && parts.size() <= 3 && !has_empty) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("failed to parse platform ", absl::Utf8SafeCEscape(platform),
                   parts.size() > 3 ? ": too many slashes" : "",
                   "; expected OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT such as linux/arm64/v8"));
}

void CheckPlatforms(const YamlValue& value, const ValuePath& path, const Volume& volume,
                    Problems& problems) {
  const YamlValue* list = value.Find("platforms");
  if (list == nullptr || list->items().size() != static_cast<size_t>(volume.platforms_size())) {
    return;
  }
  for (size_t i = 0; i < list->items().size(); ++i) {
    const absl::Status status = CheckPlatform(volume.platforms(static_cast<int>(i)));
    if (status.ok()) continue;
    problems.Add(list->items()[i].position(), path.Key("platforms").Item(i).ToString(),
                 status.message());
  }
}

// The entry from a document of its own.
template <typename Message, typename Read>
absl::StatusOr<Message> ParseEntry(std::string_view text, const DocumentSource& source, Read read) {
  ABSL_ASSIGN_OR_RETURN(const YamlValue value, ParseYaml(text, source));
  Problems problems(source);
  Message message = read(value, problems);
  ABSL_RETURN_IF_ERROR(problems.ToStatus());
  return message;
}

absl::Status LabelError(std::string_view lines) {
  return absl::InvalidArgumentError(absl::StrCat("invalid configuration label:\n", lines));
}

}  // namespace

std::string_view SectionName(Section section) {
  for (const auto& [known, name] : kSections) {
    if (known == section) return name;
  }
  return "";
}

absl::StatusOr<Section> ParseSection(std::string_view name) {
  for (const auto& [section, known] : kSections) {
    if (known == name) return section;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown section ", name, "; expected onboot, onshutdown, services, files or volumes"));
}

std::string EntryName(std::string_view section, const YamlValue& value, std::string_view key) {
  const YamlValue* name = value.Find(key);
  if (name == nullptr || name->kind() != YamlValue::Kind::kString) return std::string(section);
  return absl::StrCat(section, " \"", absl::Utf8SafeCEscape(name->text()), "\"");
}

Container ReadContainer(const YamlValue& value, Section section, Problems& problems) {
  const ValuePath path{.entry = EntryName(SectionName(section), value, "name"), .keys = ""};
  Container container;
  FillMessage(value, path, container, problems);
  if (value.kind() != YamlValue::Kind::kMap) return container;
  RequireText(value, path, "name", "the name of the container", problems);
  RequireText(value, path, "image", "the reference of an image", problems);
  CheckName(value, path, section, container.name(), problems);
  CheckContainer(value, path, container, problems);
  return container;
}

FileEntry ReadFileEntry(const YamlValue& value, size_t index, Problems& problems) {
  const ValuePath path{.entry = EntryName(absl::StrCat("files[", index, "]"), value, "path"),
                       .keys = ""};
  const size_t before = problems.size();
  FileEntry entry;
  FillMessage(value, path, entry, problems);
  // What can be said of half an entry would be wrong advice.
  if (problems.size() > before) return entry;
  const absl::StatusOr<FilePlan> plan = PlanFile(entry);
  if (!plan.ok()) problems.Add(value.position(), path.ToString(), plan.status().message());
  for (const auto& [key, id] : {std::pair("uid", entry.uid()), std::pair("gid", entry.gid())}) {
    const absl::Status status = CheckId(id);
    if (status.ok()) continue;
    problems.Add(value.Find(key)->position(), path.Key(key).ToString(), status.message());
  }
  return entry;
}

Volume ReadVolume(const YamlValue& value, Problems& problems) {
  const ValuePath path{.entry = EntryName("volumes", value, "name"), .keys = ""};
  Volume volume;
  FillMessage(value, path, volume, problems);
  if (value.kind() != YamlValue::Kind::kMap) return volume;
  RequireText(value, path, "name", "the name of the volume", problems);
  if (!IsVolumeName(volume.name())) {
    problems.Add(value.Find("name")->position(), path.Key("name").ToString(),
                 absl::StrCat("invalid volume name: ", volume.name(),
                              "; expected only a-z, 0-9, \"_\" and \"-\""));
  }
  const std::string& format = volume.format();
  if (!format.empty() && format != "oci" && format != "filesystem") {
    problems.Add(value.Find("format")->position(), path.Key("format").ToString(),
                 absl::StrCat("found \"", format, "\"; expected \"oci\" or \"filesystem\""));
  }
  CheckPlatforms(value, path, volume, problems);
  return volume;
}

absl::StatusOr<Container> ParseContainer(std::string_view text, Section section,
                                         const DocumentSource& source) {
  return ParseEntry<Container>(text, source, [section](const YamlValue& value, Problems& problems) {
    return ReadContainer(value, section, problems);
  });
}

absl::StatusOr<FileEntryList> ParseFileEntries(std::string_view text,
                                               const DocumentSource& source) {
  const auto read = [](const YamlValue& value, Problems& problems) {
    FileEntryList list;
    if (value.kind() != YamlValue::Kind::kList) {
      *list.add_values() = ReadFileEntry(value, 0, problems);
    }
    for (size_t i = 0; i < value.items().size(); ++i) {
      *list.add_values() = ReadFileEntry(value.items()[i], i, problems);
    }
    return list;
  };
  return ParseEntry<FileEntryList>(text, source, read);
}

absl::StatusOr<Volume> ParseVolume(std::string_view text, const DocumentSource& source) {
  return ParseEntry<Volume>(text, source, ReadVolume);
}

absl::StatusOr<Container> ParseLabel(std::string_view text) {
  const DocumentSource source{.name = std::string(kConfigLabel), .positions = true};
  const absl::StatusOr<YamlValue> value = ParseYaml(text, source);
  if (!value.ok() && !absl::IsNotFound(value.status())) return LabelError(value.status().message());
  if (!value.ok() || value->kind() != YamlValue::Kind::kMap) {
    return absl::InvalidArgumentError(
        absl::StrCat("JSON is an array not an object: ", text, "; expected in the image's label ",
                     kConfigLabel, " a mapping such as {\"binds\": [\"/etc/x:/etc/x\"]}"));
  }
  Problems problems(source);
  Container container;
  FillMessage(*value, {}, container, problems);
  if (problems.size() > 0) return LabelError(problems.ToStatus().message());
  for (const auto& [key, set] : {std::pair("name", !container.name().empty()),
                                 std::pair("image", !container.image().empty())}) {
    if (!set) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        key, " cannot be set in metadata label; remove it from the image's label ", kConfigLabel));
  }
  return container;
}

}  // namespace linuxkit
