#include "tools/fat/fat_names.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/disk/utf16.h"
#include "tools/fat/fat_format.h"

namespace linuxkit {
namespace {

constexpr size_t kBase = 8;
constexpr size_t kExtension = 3;
constexpr std::string_view kShortSpecials = "$%'-_@~`!(){}^#&";
constexpr std::string_view kForbidden = "\"*/:<>?\\|";

bool IsShortCharacter(char c) {
  return absl::ascii_isupper(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
         kShortSpecials.find(c) != kShortSpecials.npos;
}

absl::Status BadName(std::string_view name, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" cannot be a name on a FAT file system: ", problem));
}

// Upper case, without dots and spaces, other characters that short names lack as "_".
std::string ShortPart(std::string_view text) {
  std::string part;
  for (const char c : absl::AsciiStrToUpper(text)) {
    if (c == ' ' || c == '.') continue;
    part.push_back(IsShortCharacter(c) ? c : '_');
  }
  return part;
}

FatShortName Join(std::string_view base, std::string_view extension) {
  FatShortName name;
  name.fill(' ');
  base.copy(name.data(), kBase);
  extension.copy(name.data() + kBase, kExtension);
  return name;
}

// "KERNEL  IMG" as people write it: "KERNEL.IMG".
std::string Shown(const FatShortName& name) {
  const std::string_view text(name.data(), name.size());
  const std::string_view base = absl::StripTrailingAsciiWhitespace(text.substr(0, kBase));
  const std::string_view extension = absl::StripTrailingAsciiWhitespace(text.substr(kBase));
  return extension.empty() ? std::string(base) : absl::StrCat(base, ".", extension);
}

std::string Slots(std::u16string_view units, const FatShortName& short_name) {
  constexpr size_t kUnits = FatLongNameSlot::kUnits;
  const size_t count = DivideUp(units.size(), kUnits);
  std::string bytes;
  for (size_t sequence = count; sequence > 0; --sequence) {
    FatLongNameSlot slot;
    slot.sequence = static_cast<uint8_t>(sequence | (sequence == count ? slot.kLast : 0));
    slot.checksum = ShortNameChecksum(short_name);
    for (size_t i = 0; i < kUnits; ++i) {
      const size_t at = (sequence - 1) * kUnits + i;
      // One NUL ends the name, then all ones; neither if it fills the slot.
      slot.unit(i) = static_cast<uint16_t>(at < units.size()    ? units[at]
                                           : at == units.size() ? 0
                                                                : 0xffff);
    }
    bytes.append(BytesOf(slot));
  }
  return bytes;
}

}  // namespace

absl::Status CheckFatName(std::string_view name) {
  for (const char c : name) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      return BadName(name, "it contains a control character");
    }
    if (kForbidden.find(c) != kForbidden.npos) {
      return BadName(name, absl::StrCat("it contains ", std::string_view(&c, 1)));
    }
  }
  if (name.empty() || name.back() == '.' || name.back() == ' ') {
    return BadName(name, "it is empty or ends in a dot or a space");
  }
  ABSL_ASSIGN_OR_RETURN(const std::u16string units, Utf16FromUtf8(name));
  if (units.size() > kFatMaxNameUnits) {
    return BadName(name, absl::StrCat("it has ", units.size(), " UTF-16 units; expected at most ",
                                      kFatMaxNameUnits));
  }
  return absl::OkStatus();
}

FatShortName FatNames::ChooseShortName(std::string_view name) {
  const size_t dot = name.rfind('.');
  const bool has_extension = dot != name.npos && dot > 0;
  const std::string_view end = has_extension ? name.substr(dot + 1) : std::string_view();
  const std::string base = ShortPart(name.substr(0, has_extension ? dot : name.npos));
  const std::string extension = ShortPart(end).substr(0, kExtension);
  // A name that differs in case alone keeps its letters.
  const std::string plain = has_extension ? absl::StrCat(base, ".", extension) : base;
  FatShortName candidate = Join(base, extension);
  const bool fits = base.size() <= kBase && plain == absl::AsciiStrToUpper(name);
  for (int number = 1; !fits || short_names_.contains(candidate); ++number) {
    const std::string tail = absl::StrCat("~", number);
    candidate = Join(base.substr(0, kBase - tail.size()) + tail, extension);
    if (!short_names_.contains(candidate)) break;
  }
  short_names_.insert(candidate);
  return candidate;
}

absl::StatusOr<FatNames::Entry> FatNames::Add(std::string_view name) {
  ABSL_RETURN_IF_ERROR(CheckFatName(name));
  if (!names_.insert(absl::AsciiStrToUpper(name)).second) {
    return BadName(name, "another name in its directory differs from it only in case");
  }
  Entry entry = {.short_name = ChooseShortName(name)};
  if (Shown(entry.short_name) == name) return entry;
  ABSL_ASSIGN_OR_RETURN(const std::u16string units, Utf16FromUtf8(name));
  entry.long_name_slots = Slots(units, entry.short_name);
  return entry;
}

}  // namespace linuxkit
