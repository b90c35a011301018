#include "tools/config/document.h"

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/config/reference.h"
#include "tools/spec/entry.h"
#include "tools/spec/schema.h"
#include "tools/spec/type_advice.h"

namespace linuxkit {
namespace {

// What LinuxKit once read at the top of its files, beside what has come in its place.
constexpr std::pair<std::string_view, std::string_view> kHistoric[] = {
    {"daemon", "put its entries into services, which it is called today"},
    {"system", "put its entries into onboot, which it is called today"},
};

std::string_view HistoricAdvice(std::string_view key) {
  for (const auto& [known, advice] : kHistoric) {
    if (known == key) return advice;
  }
  return "";
}

class Reader {
 public:
  explicit Reader(Document& document)
      : root_(document.root),
        config_(document.config),
        problems_(document.problems),
        package_(PackageOf(document.label)) {}

  void Read();

 private:
  // Sections of entries with a checker of their own; false for anything else.
  bool ReadSection(const YamlValue::Field& field);
  // Kernel, init, trust, and whatever should not be there.
  void ReadSimple(std::vector<YamlValue::Field> fields);
  template <typename Visit>
  void EachItem(const YamlValue::Field& section, Visit visit);
  // False if the entry is no mapping, which is reported.
  bool IsMapping(const YamlValue& value, const YamlValue::Field& section, size_t index);
  template <typename Entries>
  void ReadContainers(const YamlValue::Field& section, Section kind, Entries& entries);
  void ReadFile(const YamlValue& value, size_t index);
  void CheckImage(const YamlValue& value, const ValuePath& path);
  void CheckImageOf(const YamlValue& entry, std::string_view section);
  void CheckTemplates(const YamlValue& value);

  const YamlValue& root_;
  Config& config_;
  Problems& problems_;
  const std::string package_;
  // Where images are named: the only places for a package template.
  std::set<Position> images_;
};

void Reader::Read() {
  if (root_.kind() == YamlValue::Kind::kNull) return;
  if (root_.kind() != YamlValue::Kind::kMap) {
    return problems_.Add(root_.position(), "",
                         absl::StrCat("found ", KindName(root_.kind()),
                                      "; expected a mapping of sections such as kernel, init and "
                                      "services"));
  }
  std::vector<YamlValue::Field> simple;
  for (const YamlValue::Field& field : root_.fields()) {
    if (!ReadSection(field)) simple.push_back(field);
  }
  ReadSimple(std::move(simple));
  CheckTemplates(root_);
}

bool Reader::ReadSection(const YamlValue::Field& field) {
  if (field.key == "onboot") {
    ReadContainers(field, Section::kOnboot, *config_.mutable_onboot());
  } else if (field.key == "onshutdown") {
    ReadContainers(field, Section::kOnshutdown, *config_.mutable_onshutdown());
  } else if (field.key == "services") {
    ReadContainers(field, Section::kServices, *config_.mutable_services());
  } else if (field.key == "files") {
    EachItem(field, [this](const YamlValue& value, size_t index) { ReadFile(value, index); });
  } else if (field.key == "volumes") {
    EachItem(field, [&](const YamlValue& value, size_t index) {
      Volume& volume = *config_.add_volumes();
      if (!IsMapping(value, field, index)) return;
      volume = ReadVolume(value, problems_);
      CheckImageOf(value, field.key);
    });
  } else {
    return false;
  }
  return true;
}

void Reader::ReadSimple(std::vector<YamlValue::Field> fields) {
  std::erase_if(fields, [this](const YamlValue::Field& field) {
    const std::string_view advice = HistoricAdvice(field.key);
    if (advice.empty()) return false;
    problems_.Add(field.position, "", absl::StrCat("unknown key \"", field.key, "\"; ", advice));
    return true;
  });
  FillMessage(YamlValue::Map(root_.position(), std::move(fields)), {}, config_, problems_);
  if (const YamlValue* kernel = root_.Find("kernel")) CheckImageOf(*kernel, "kernel");
  const YamlValue* init = root_.Find("init");
  if (init == nullptr) return;
  for (size_t i = 0; i < init->items().size(); ++i) {
    CheckImage(init->items()[i], ValuePath{"", "init"}.Item(i));
  }
}

template <typename Visit>
void Reader::EachItem(const YamlValue::Field& section, Visit visit) {
  const YamlValue& list = section.value;
  if (list.kind() != YamlValue::Kind::kList) {
    return problems_.Add(
        list.position(), section.key,
        absl::StrCat("found ", KindName(list.kind()), "; expected a list of mappings",
                     HowToWrite(list, {.kind = FieldKind::kMapping, .is_list = true}, true)));
  }
  for (size_t i = 0; i < list.items().size(); ++i) visit(list.items()[i], i);
}

bool Reader::IsMapping(const YamlValue& value, const YamlValue::Field& section, size_t index) {
  if (value.kind() == YamlValue::Kind::kMap) return true;
  problems_.Add(value.position(), absl::StrCat(section.key, "[", index, "]"),
                absl::StrCat("found ", KindName(value.kind()), "; expected a mapping"));
  return false;
}

template <typename Entries>
void Reader::ReadContainers(const YamlValue::Field& section, Section kind, Entries& entries) {
  EachItem(section, [&](const YamlValue& value, size_t index) {
    Container& container = *entries.Add();
    if (!IsMapping(value, section, index)) return;
    container = ReadContainer(value, kind, problems_);
    CheckImageOf(value, section.key);
  });
}

void Reader::ReadFile(const YamlValue& value, size_t index) {
  const size_t before = problems_.size();
  const FileEntry& entry = *config_.add_files() = ReadFileEntry(value, index, problems_);
  if (entry.source().empty() || problems_.size() > before) return;
  const ValuePath path{EntryName(absl::StrCat("files[", index, "]"), value, "path"), "source"};
  const Position position = value.Find("source")->position();
  const absl::StatusOr<SourceName> source = ParseSourceName(entry.source(), package_);
  if (!source.ok()) return problems_.Add(position, path.ToString(), source.status().message());
  if (source->kind == SourceName::Kind::kHost && !entry.optional()) {
    problems_.Add(position, path.ToString(),
                  absl::StrCat("found \"", absl::Utf8SafeCEscape(entry.source()),
                               "\", a file of this machine; expected a label or a path in the "
                               "package, or optional: true to leave it out"));
  }
}

void Reader::CheckImage(const YamlValue& value, const ValuePath& path) {
  // A wrong type has been reported already.
  if (value.kind() != YamlValue::Kind::kString) return;
  images_.insert(value.position());
  const absl::Status status = ParseImageName(value.text(), package_).status();
  if (!status.ok()) problems_.Add(value.position(), path.ToString(), status.message());
}

void Reader::CheckImageOf(const YamlValue& entry, std::string_view section) {
  const YamlValue* image = entry.Find("image");
  // Empty is as good as none, for containers reported already.
  if (image == nullptr || image->text().empty()) return;
  CheckImage(*image, ValuePath{EntryName(section, entry, "name"), "image"});
}

// LinuxKit replaces packages in every text of the document; elsewhere than for an image the
// reference would have to be known before anything is resolved.
void Reader::CheckTemplates(const YamlValue& value) {
  for (const YamlValue& item : value.items()) CheckTemplates(item);
  for (const YamlValue::Field& field : value.fields()) CheckTemplates(field.value);
  const bool is_template =
      value.kind() == YamlValue::Kind::kString && absl::StartsWith(value.text(), kPackagePrefix);
  if (!is_template || images_.contains(value.position())) return;
  problems_.Add(value.position(), "",
                absl::StrCat("found \"", absl::Utf8SafeCEscape(value.text()),
                             "\"; expected packages only as images"));
}

}  // namespace

void ReadDocument(Document& document) { Reader(document).Read(); }

}  // namespace linuxkit
