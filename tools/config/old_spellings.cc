#include "tools/config/old_spellings.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/spec/problems.h"

namespace linuxkit {
namespace {

// A key of 2017, its name today ("" for none), and what to tell. The first row is no spelling of
// LinuxKit's: pages whose software replaces the letters of "image" print it so.
struct Key {
  std::string_view old;
  std::string_view today;
  std::string_view advice;
};
constexpr Key kImageKey = {"p_w_picpath", "image", "write image for p_w_picpath"};
constexpr Key kSectionKeys[] = {
    {"system", "onboot", "write onboot for system"},
    {"daemon", "services", "write services for daemon"},
    {"outputs", "",
     "leave outputs out; formats are targets of linuxkit_image today, such as :NAME_iso"},
};
constexpr Key kContainerKeys[] = {
    kImageKey,
    {"network_mode", "net", "write net for network_mode"},
    {"read_only", "readonly", "write readonly for read_only"},
    {"oom_score_adj", "oomScoreAdj", "write oomScoreAdj for oom_score_adj"},
};
constexpr std::string_view kInitAdvice = "make init a list";
constexpr std::string_view kMobyAdvice =
    "images of mobylinux/ are called linuxkit/ today and have other tags; these may be gone";
constexpr std::string_view kTrustAdvice =
    "leave trust out; it has no effect, the lock file pins every image by its digest";

// The order in which a note has its parts.
constexpr std::string_view kOrder[] = {
    kImageKey.advice,
    kSectionKeys[0].advice,
    kSectionKeys[1].advice,
    kInitAdvice,
    kContainerKeys[1].advice,
    kContainerKeys[2].advice,
    kContainerKeys[3].advice,
    kSectionKeys[2].advice,
    kTrustAdvice,
    kMobyAdvice,
};

class Modernizer {
 public:
  YamlValue Root(const YamlValue& root);
  std::vector<OldSpelling> Changes() const;

 private:
  void Note(std::string_view advice, Position position) { notes_.insert({advice, position.line}); }
  YamlValue Renamed(const YamlValue& map, absl::Span<const Key> keys);
  YamlValue Section(const YamlValue::Field& section);
  YamlValue Entries(const YamlValue& list, absl::Span<const Key> keys);
  YamlValue Init(const YamlValue& value);
  void NoteImage(const YamlValue* image);

  std::set<std::pair<std::string_view, int>> notes_;
};

const Key* FindOld(absl::Span<const Key> keys, std::string_view word) {
  for (const Key& key : keys) {
    if (key.old == word) return &key;
  }
  return nullptr;
}

YamlValue Modernizer::Renamed(const YamlValue& map, absl::Span<const Key> keys) {
  if (map.kind() != YamlValue::Kind::kMap) return map;
  std::vector<YamlValue::Field> fields;
  for (const YamlValue::Field& field : map.fields()) {
    const Key* const known = FindOld(keys, field.key);
    if (known == nullptr || map.Find(known->today) != nullptr) {
      fields.push_back(field);
      continue;
    }
    Note(known->advice, field.position);
    if (known->today.empty()) continue;
    fields.push_back({std::string(known->today), field.position, field.value});
  }
  return YamlValue::Map(map.position(), std::move(fields));
}

void Modernizer::NoteImage(const YamlValue* image) {
  if (image == nullptr || !absl::StartsWith(image->text(), "mobylinux/")) return;
  Note(kMobyAdvice, image->position());
}

YamlValue Modernizer::Entries(const YamlValue& list, absl::Span<const Key> keys) {
  if (list.kind() != YamlValue::Kind::kList) return list;
  std::vector<YamlValue> items;
  for (const YamlValue& item : list.items()) {
    items.push_back(Renamed(item, keys));
    NoteImage(items.back().Find("image"));
  }
  return YamlValue::List(list.position(), std::move(items));
}

YamlValue Modernizer::Init(const YamlValue& value) {
  for (const YamlValue& item : value.items()) NoteImage(&item);
  if (value.kind() != YamlValue::Kind::kString) return value;
  Note(kInitAdvice, value.position());
  NoteImage(&value);
  return YamlValue::List(value.position(), {value});
}

YamlValue Modernizer::Section(const YamlValue::Field& section) {
  const auto& [key, position, value] = section;
  if (key == "onboot" || key == "onshutdown" || key == "services") {
    return Entries(value, kContainerKeys);
  }
  if (key == "volumes") return Entries(value, {kImageKey});
  if (key == "init") return Init(value);
  if (key != "kernel" && key != "trust") return value;
  if (key == "trust") Note(kTrustAdvice, position);
  YamlValue renamed = Renamed(value, {kImageKey});
  NoteImage(renamed.Find("image"));
  return renamed;
}

YamlValue Modernizer::Root(const YamlValue& root) {
  const YamlValue renamed = Renamed(root, kSectionKeys);
  if (renamed.kind() != YamlValue::Kind::kMap) return renamed;
  std::vector<YamlValue::Field> fields = renamed.fields();
  for (YamlValue::Field& field : fields) field.value = Section(field);
  return YamlValue::Map(renamed.position(), std::move(fields));
}

std::vector<OldSpelling> Modernizer::Changes() const {
  std::vector<OldSpelling> changes;
  for (const std::string_view advice : kOrder) {
    OldSpelling change{.advice = advice, .lines = {}};
    for (const auto& [noted, line] : notes_) {
      if (noted == advice) change.lines.push_back(line);
    }
    if (!change.lines.empty()) changes.push_back(std::move(change));
  }
  return changes;
}

std::string NoteOf(const ConfigFile& file) {
  Problems ignored({.name = file.path});
  const std::optional<YamlValue> root = ReadYaml(file.text, ignored);
  if (!root) return "";
  std::string note;
  for (const OldSpelling& change : Modernize(*root).changes) {
    absl::StrAppend(&note, "  ", change.lines.size() > 1 ? "lines " : "line ",
                    absl::StrJoin(change.lines, ", "), ": ", change.advice, "\n");
  }
  if (note.empty()) return "";
  return absl::StrCat(file.path, ": found LinuxKit's format of 2017, which is read as today's; to ",
                      "bring the file up to date:\n", note);
}

}  // namespace

ModernConfig Modernize(const YamlValue& root) {
  Modernizer modernizer;
  YamlValue modern = modernizer.Root(root);
  return {std::move(modern), modernizer.Changes()};
}

std::string OldSpellingNotes(absl::Span<const ConfigFile> files) {
  std::string notes;
  for (const ConfigFile& file : files) notes += NoteOf(file);
  return notes;
}

}  // namespace linuxkit
