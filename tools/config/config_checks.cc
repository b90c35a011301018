#include "tools/config/config_checks.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/bundle/volumes.h"
#include "tools/spec/entry.h"
#include "tools/spec/ids.h"
#include "tools/spec/paths.h"
#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

// An entry of onboot, onshutdown or services, and where it was read.
struct ContainerEntry {
  Document* document;
  const YamlValue* value;
  const Container* container;
  std::string_view section;

  ValuePath path() const { return {EntryName(section, *value, "name"), ""}; }
};

// Calls `visit` with each item of the section as it is written and as it was understood.
template <typename Entries, typename Visit>
void EachEntry(const Document& document, std::string_view section, const Entries& entries,
               Visit visit) {
  for (int i = 0; i < entries.size(); ++i) {
    visit(document.root.Find(section)->items()[static_cast<size_t>(i)], entries[i]);
  }
}

std::vector<ContainerEntry> ContainersOf(absl::Span<Document> documents) {
  std::vector<ContainerEntry> found;
  for (Document& document : documents) {
    const auto add = [&](std::string_view section, const auto& entries) {
      EachEntry(document, section, entries, [&](const YamlValue& value, const Container& entry) {
        found.push_back({&document, &value, &entry, section});
      });
    };
    add("onboot", document.config.onboot());
    add("onshutdown", document.config.onshutdown());
    add("services", document.config.services());
  }
  return found;
}

// Notes where a name was first used; the second use is a problem.
class UniqueNames {
 public:
  explicit UniqueNames(std::string_view what) : what_(what) {}

  // Names with equal `key` are the same.
  void Add(Document& document, const YamlValue& entry, const ValuePath& path,
           const std::string& key) {
    const YamlValue& name = *entry.Find("name");
    const auto [first, fresh] = first_.try_emplace(key, document.problems.Place(name.position()));
    if (fresh) return;
    document.problems.Add(
        name.position(), path.Key("name").ToString(),
        absl::StrCat("duplicate ", what_, " name: ", absl::Utf8SafeCEscape(name.text()),
                     "; the first is at ", first->second, ", keep one or rename it"));
  }

 private:
  const std::string_view what_;
  std::map<std::string, std::string> first_;
};

void CheckServiceNames(absl::Span<const ContainerEntry> containers) {
  UniqueNames names("service");
  for (const ContainerEntry& entry : containers) {
    if (entry.section != "services" || entry.container->name().empty()) continue;
    // Different spellings of one directory would overwrite each other.
    const std::string& name = entry.container->name();
    names.Add(*entry.document, *entry.value, entry.path(), CleanPath(name).value_or(name));
  }
}

// LinuxKit checks volumes of one file only, and finds only those of the last one.
VolumeTable CheckVolumes(absl::Span<Document> documents) {
  VolumeTable table;
  UniqueNames names("volume");
  for (Document& document : documents) {
    EachEntry(document, "volumes", document.config.volumes(),
              [&](const YamlValue& value, const Volume& volume) {
                if (volume.name().empty()) return;
                table[volume.name()] = volume.readonly();
                names.Add(document, value, {EntryName("volumes", value, "name"), ""},
                          volume.name());
              });
  }
  return table;
}

// Checks one value if it was read without a problem.
template <typename Check>
void CheckValue(Document& document, const YamlValue& value, const ValuePath& path, Check check) {
  if (document.problems.Mentions(path.ToString())) return;
  const absl::Status status = check();
  if (!status.ok()) document.problems.Add(value.position(), path.ToString(), status.message());
}

// Checks each item of the list under `key`. What was not read as a list has been reported.
template <typename Items, typename Check>
void CheckItems(const ContainerEntry& entry, std::string_view key, const Items& items,
                Check check) {
  const YamlValue* list = entry.value->Find(key);
  if (list == nullptr || list->items().size() != static_cast<size_t>(items.size())) return;
  for (size_t i = 0; i < list->items().size(); ++i) {
    CheckValue(*entry.document, list->items()[i], entry.path().Key(key).Item(i),
               [&] { return check(items[static_cast<int>(i)]); });
  }
}

void CheckVolumeUses(const ContainerEntry& entry, const VolumeTable& volumes) {
  const auto check_bind = [&](const std::string& bind) {
    return ReplaceVolumeOfBind(bind, volumes).status();
  };
  const Container& container = *entry.container;
  CheckItems(entry, "binds", container.binds().values(), check_bind);
  CheckItems(entry, "binds.add", container.binds_add().values(), check_bind);
  CheckItems(entry, "mounts", container.mounts().values(),
             [&](Mount mount) { return ReplaceVolumeOfMount(volumes, mount); });
}

// `message` has the fields uid and gid.
template <typename Entry>
void CheckIds(Document& document, const YamlValue& value, const ValuePath& path,
              const Entry& message, const IdTable& ids) {
  const auto check = [&](std::string_view key, const Id& id) {
    const YamlValue* found = value.Find(key);
    if (found == nullptr) return;
    CheckValue(document, *found, path.Key(key), [&] { return ResolveId(id, ids).status(); });
  };
  check("uid", message.uid());
  check("gid", message.gid());
}

}  // namespace

void CheckSystem(absl::Span<Document> documents) {
  const std::vector<ContainerEntry> containers = ContainersOf(documents);
  CheckServiceNames(containers);
  const VolumeTable volumes = CheckVolumes(documents);
  IdTable ids;
  for (const ContainerEntry& entry : containers) ids.try_emplace(entry.container->name(), 0);
  for (const ContainerEntry& entry : containers) {
    CheckVolumeUses(entry, volumes);
    CheckIds(*entry.document, *entry.value, entry.path(), *entry.container, ids);
    CheckItems(entry, "additionalGids", entry.container->additional_gids().values(),
               [&](const Id& id) { return ResolveId(id, ids).status(); });
  }
  for (Document& document : documents) {
    size_t index = 0;
    EachEntry(document, "files", document.config.files(),
              [&](const YamlValue& value, const FileEntry& file) {
                const std::string section = absl::StrCat("files[", index++, "]");
                CheckIds(document, value, {EntryName(section, value, "path"), ""}, file, ids);
              });
  }
}

}  // namespace linuxkit
