#include "tools/cpio/newc.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

struct Field {
  std::string_view name;
  uint32_t NewcHeader::* member;
};

constexpr size_t kDigits = 8;
constexpr std::array<Field, 13> kFields = {{
    {"ino", &NewcHeader::ino},               // offset 6
    {"mode", &NewcHeader::mode},             // 14
    {"uid", &NewcHeader::uid},               // 22
    {"gid", &NewcHeader::gid},               // 30
    {"nlink", &NewcHeader::nlink},           // 38
    {"mtime", &NewcHeader::mtime},           // 46
    {"filesize", &NewcHeader::file_size},    // 54
    {"devmajor", &NewcHeader::dev_major},    // 62
    {"devminor", &NewcHeader::dev_minor},    // 70
    {"rdevmajor", &NewcHeader::rdev_major},  // 78
    {"rdevminor", &NewcHeader::rdev_minor},  // 86
    {"namesize", &NewcHeader::name_size},    // 94
    {"check", &NewcHeader::check},           // 102
}};
static_assert(kNewcMagic.size() + kFields.size() * kDigits == kNewcHeaderSize);

}  // namespace

std::string EncodeNewcHeader(const NewcHeader& header) {
  std::string bytes(kNewcMagic);
  for (const Field& field : kFields) {
    absl::StrAppend(&bytes, absl::Hex(header.*field.member, absl::kZeroPad8));
  }
  return bytes;
}

absl::StatusOr<NewcHeader> DecodeNewcHeader(std::string_view bytes) {
  if (bytes.size() < kNewcHeaderSize) {
    return absl::DataLossError(absl::StrCat("the newc header is cut off: it has ", bytes.size(),
                                            " bytes; expected ", kNewcHeaderSize));
  }
  if (!absl::StartsWith(bytes, kNewcMagic)) {
    return absl::DataLossError(absl::StrCat("no newc header: it starts with \"",
                                            absl::CHexEscape(bytes.substr(0, kNewcMagic.size())),
                                            "\"; expected \"", kNewcMagic, "\""));
  }
  NewcHeader header;
  bytes.remove_prefix(kNewcMagic.size());
  for (const Field& field : kFields) {
    const std::string_view digits = bytes.substr(0, kDigits);
    // SimpleHexAtoi also takes signs, spaces and "0x".
    for (const char digit : digits) {
      if (absl::ascii_isxdigit(static_cast<unsigned char>(digit))) continue;
      return absl::DataLossError(absl::StrCat("newc field ", field.name, " is \"",
                                              absl::CHexEscape(digits),
                                              "\"; expected 8 hex digits"));
    }
    if (!absl::SimpleHexAtoi(digits, &(header.*field.member))) {
      return absl::InternalError("unreachable: hex digits that are no number");
    }
    bytes.remove_prefix(kDigits);
  }
  return header;
}

}  // namespace linuxkit
