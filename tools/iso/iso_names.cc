#include "tools/iso/iso_names.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/disk/utf16.h"
#include "tools/iso/iso_format.h"

namespace linuxkit {
namespace {

constexpr size_t kMaxFileCharacters = 30;       // [7.5.1], without dot and version
constexpr size_t kMaxDirectoryCharacters = 31;  // [7.6.3]
constexpr size_t kMaxExtension = 8;
constexpr std::string_view kVersion = ";1";
constexpr std::string_view kJolietForbidden = "*/:;?\\";

std::string Characters(std::string_view text) {
  std::string result;
  for (const char c : absl::AsciiStrToUpper(text)) {
    result.push_back(absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_');
  }
  return result;
}

std::string BigEndian(std::u16string_view units) {
  std::string bytes;
  for (const char16_t unit : units) bytes.append(BytesOf(Big<uint16_t>(unit)));
  return bytes;
}

absl::Status BadName(std::string_view name, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" cannot be a name on an ISO image: ", problem));
}

}  // namespace

std::string PrimaryNames::Add(std::string_view name, bool is_directory) {
  const size_t dot = is_directory ? name.npos : name.rfind('.');
  const std::string base = Characters(name.substr(0, dot));
  const std::string extension =
      dot == name.npos ? "" : Characters(name.substr(dot + 1)).substr(0, kMaxExtension);
  const std::string end = is_directory ? "" : absl::StrCat(".", extension, kVersion);
  const size_t room =
      is_directory ? kMaxDirectoryCharacters : kMaxFileCharacters - extension.size();
  std::string identifier = base.substr(0, room) + end;
  for (int number = 1; !taken_.insert(identifier).second; ++number) {
    const std::string tail = absl::StrCat("_", number);
    identifier = absl::StrCat(base.substr(0, room - tail.size()), tail, end);
  }
  return identifier;
}

absl::StatusOr<std::string> JolietIdentifier(std::string_view name, bool is_directory) {
  for (const char c : name) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c)) ||
        kJolietForbidden.find(c) != kJolietForbidden.npos) {
      return BadName(name, "Joliet has no control characters and none of * / : ; ? \\");
    }
  }
  ABSL_ASSIGN_OR_RETURN(const std::u16string units, Utf16FromUtf8(name));
  if (units.size() > kJolietMaxNameUnits) {
    return BadName(name, absl::StrCat("it has ", units.size(), " UTF-16 units; Joliet has at most ",
                                      kJolietMaxNameUnits));
  }
  if (name.size() > kRockRidgeMaxName) {
    return BadName(
        name, absl::StrCat("it has ", name.size(), " bytes; expected at most ", kRockRidgeMaxName));
  }
  return BigEndian(is_directory ? units : units + u";1");
}

std::string JolietText(std::string_view text, size_t bytes) {
  std::u16string units;
  for (const char c : text) units.push_back(static_cast<unsigned char>(c));
  units.resize(bytes / 2, u' ');
  std::string result = BigEndian(units);
  result.resize(bytes);
  return result;
}

}  // namespace linuxkit
