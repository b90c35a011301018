#include "tools/iso/rock_ridge.h"

#include <sys/stat.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/iso/iso_dates.h"

namespace linuxkit {
namespace {

// The head of every field (SUSP 4.1).
struct FieldHead {
  std::array<char, 2> signature;
  uint8_t length = 0;
  uint8_t version = 1;
};

struct ContinuationField {
  FieldHead head = {{'C', 'E'}, 28};
  Both<uint32_t> block;
  Both<uint32_t> offset;
  Both<uint32_t> length;
};
static_assert(sizeof(ContinuationField) == 28);

struct PosixField {
  FieldHead head = {{'P', 'X'}, 36};
  Both<uint32_t> mode;
  Both<uint32_t> links;
  Both<uint32_t> user;
  Both<uint32_t> group;
};
static_assert(sizeof(PosixField) == 36);

struct TimesField {
  // Modification, access and attribute change.
  static constexpr uint8_t kKinds = 0x02 | 0x04 | 0x08;

  FieldHead head = {{'T', 'F'}, 26};
  uint8_t kinds = kKinds;
  std::array<IsoRecordDate, 3> dates;
};
static_assert(sizeof(TimesField) == 26);

struct DeviceField {
  FieldHead head = {{'P', 'N'}, 20};
  Both<uint32_t> high;
  Both<uint32_t> low;
};
static_assert(sizeof(DeviceField) == 20);

// The medium is read-only, and so are its files.
constexpr uint32_t kFileMode = 0100444;
constexpr uint32_t kDirectoryMode = 040555;
constexpr size_t kNameHead = 5;
constexpr uint8_t kNameContinues = 1;
// Names longer than this take two fields; the length of one is a byte.
constexpr size_t kMaxNamePart = 200;
constexpr std::string_view kSharingProtocol("SP\x07\x01\xbe\xef\x00", 7);

// One part of a symlink's target (RRIP 4.1.3.1).
enum ComponentFlag : uint8_t {
  kText = 0x00,
  kTextContinues = 0x01,
  kCurrent = 0x02,
  kParent = 0x04,
  kRoot = 0x08,
};
constexpr uint8_t kTargetContinues = 1;
constexpr size_t kTargetHead = 5;
constexpr size_t kComponentHead = 2;
constexpr size_t kMaxTargetPart = 240;

// RRIP 1.12, section 4.3; the texts are those of the 1991 version, which every reader knows.
std::string ExtensionsField() {
  constexpr std::string_view kId = "RRIP_1991A";
  constexpr std::string_view kDescription =
      "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS";
  constexpr std::string_view kSource =
      "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN "
      "PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION.";
  constexpr size_t kLength = 8 + kId.size() + kDescription.size() + kSource.size();
  static_assert(kLength < 256);
  std::string field = "ER";
  for (const size_t number :
       {kLength, size_t{1}, kId.size(), kDescription.size(), kSource.size(), size_t{1}}) {
    field.push_back(static_cast<char>(number));
  }
  return absl::StrCat(field, kId, kDescription, kSource);
}

std::string NameField(std::string_view part, bool continues) {
  std::string field = "NM";
  field.push_back(static_cast<char>(kNameHead + part.size()));
  field.push_back(1);
  field.push_back(static_cast<char>(continues ? kNameContinues : 0));
  return absl::StrCat(field, part);
}

PosixField PosixFieldOf(const RockRidgeFile& file) {
  if (file.posix == nullptr) {
    return {.mode = file.is_directory ? kDirectoryMode : kFileMode, .links = file.links};
  }
  return {.mode = file.posix->mode,
          .links = file.links,
          .user = file.posix->user,
          .group = file.posix->group};
}

// A name in as many fields as it takes.
std::string NameFields(std::string_view name) {
  std::string fields;
  while (!name.empty()) {
    const std::string_view part = name.substr(0, kMaxNamePart);
    name.remove_prefix(part.size());
    fields.append(NameField(part, !name.empty()));
  }
  return fields;
}

std::string Component(ComponentFlag flag, std::string_view text = "") {
  std::string component;
  component.push_back(static_cast<char>(flag));
  component.push_back(static_cast<char>(text.size()));
  return absl::StrCat(component, text);
}

// A symlink's target in as many fields as it takes. Some readers forget the slash between whole
// components of two fields, so a field's last one always continues in the next, be it with nothing.
class TargetFields {
 public:
  explicit TargetFields(std::string_view target) {
    if (target.starts_with('/')) Append(Component(kRoot));
    for (const std::string_view name : absl::StrSplit(target, '/', absl::SkipEmpty())) {
      if (name == "." || name == "..") {
        if (room() < kComponentHead) Continue();
        Append(Component(name == "." ? kCurrent : kParent));
      } else {
        AddText(name);
      }
    }
    Close(0);
  }

  const std::string& bytes() const { return fields_; }

 private:
  size_t room() const { return kMaxTargetPart - part_.size(); }

  void AddText(std::string_view text) {
    while (kComponentHead + text.size() > room()) {
      if (room() > kComponentHead) {
        const std::string_view now = text.substr(0, room() - kComponentHead);
        Append(Component(kTextContinues, now));
        text.remove_prefix(now.size());
      }
      Continue();
    }
    Append(Component(kText, text));
  }

  void Append(const std::string& component) {
    last_ = part_.size();
    part_.append(component);
  }

  // Goes on in another field.
  void Continue() {
    const bool is_whole = (part_[last_] & kTextContinues) == 0;
    part_[last_] = static_cast<char>(part_[last_] | kTextContinues);
    Close(kTargetContinues);
    if (is_whole) Append(Component(kText));
  }

  void Close(uint8_t flags) {
    fields_.append("SL");
    fields_.push_back(static_cast<char>(kTargetHead + part_.size()));
    fields_.push_back(1);
    fields_.push_back(static_cast<char>(flags));
    fields_.append(part_);
    part_.clear();
  }

  std::string fields_, part_;
  size_t last_ = 0;  // where part_'s last component begins
};

// All readers know a device number of 16 bits, which lies in the low field. Larger ones are stored
// as Linux reads them.
DeviceField DeviceFieldOf(uint32_t major_number, uint32_t minor_number) {
  if (major_number < 256 && minor_number < 256) {
    return {.high = uint32_t{0}, .low = major_number << 8 | minor_number};
  }
  return {.high = major_number, .low = minor_number};
}

// What only symlinks and devices have.
std::string FieldsOfType(const PosixAttributes& posix) {
  if (S_ISLNK(posix.mode)) return TargetFields(posix.target).bytes();
  if (!S_ISCHR(posix.mode) && !S_ISBLK(posix.mode)) return "";
  return std::string(BytesOf(DeviceFieldOf(posix.device_major, posix.device_minor)));
}

}  // namespace

// Fields must not cross blocks of the area.
std::string RockRidge::Continue(std::string_view fields) {
  if (area_.size() % kIsoBlock + fields.size() > kIsoBlock) {
    area_.resize(RoundUp(area_.size(), kIsoBlock));
  }
  const ContinuationField field = {
      .block = area_block_ + static_cast<uint32_t>(area_.size() / kIsoBlock),
      .offset = static_cast<uint32_t>(area_.size() % kIsoBlock),
      .length = static_cast<uint32_t>(fields.size())};
  area_.append(fields);
  return std::string(BytesOf(field));
}

std::string RockRidge::FieldsOf(const RockRidgeFile& file, size_t room) {
  std::string fields(file.is_root_dot ? kSharingProtocol : "");
  const IsoRecordDate date = file.posix != nullptr ? RecordDate(file.posix->mtime) : date_;
  fields.append(BytesOf(PosixFieldOf(file)));
  fields.append(BytesOf(TimesField{.dates = {date, date, date}}));
  if (file.is_root_dot) return fields + Continue(ExtensionsField());
  if (file.name.empty()) return fields;
  const size_t left = room - fields.size();
  if (file.posix != nullptr) {
    const std::string rest = NameFields(file.name) + FieldsOfType(*file.posix);
    return fields + (rest.size() <= left ? rest : Continue(rest));
  }
  if (kNameHead + file.name.size() <= left) return fields + NameField(file.name, false);
  const size_t inside = left - kNameHead - sizeof(ContinuationField);
  fields.append(NameField(file.name.substr(0, inside), true));
  return fields + Continue(NameFields(file.name.substr(inside)));
}

}  // namespace linuxkit
