#include "tools/gpt/guid.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"

namespace linuxkit {
namespace {

// Where the digits of the text's byte i are stored.
constexpr std::array<size_t, 16> kPlaces = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

bool IsDash(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

absl::StatusOr<Guid> ParseGuid(std::string_view text) {
  std::string digits;
  bool well_formed = text.size() == 36;
  for (size_t i = 0; i < text.size() && well_formed; ++i) {
    const char c = text[i];
    well_formed = IsDash(i) ? c == '-' : absl::ascii_isxdigit(static_cast<unsigned char>(c));
    if (!IsDash(i)) digits.push_back(c);
  }
  std::string bytes;
  if (!well_formed || !absl::HexStringToBytes(digits, &bytes)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not a GUID; expected ",
                     "\"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\" with hex digits"));
  }
  Guid guid;
  for (size_t i = 0; i < bytes.size(); ++i) {
    guid.bytes[kPlaces[i]] = static_cast<uint8_t>(bytes[i]);
  }
  return guid;
}

std::string GuidText(const Guid& guid) {
  std::string text;
  for (size_t i = 0; i < kPlaces.size(); ++i) {
    if (IsDash(text.size())) text.push_back('-');
    absl::StrAppend(&text, absl::Hex(guid.bytes[kPlaces[i]], absl::kZeroPad2));
  }
  return absl::AsciiStrToUpper(text);
}

Guid DeriveGuid(std::string_view seed, std::string_view purpose) {
  const Sha256Digest digest = Sha256Of(absl::StrCat(seed, "\n", purpose));
  Guid guid;
  std::copy_n(digest.begin(), guid.bytes.size(), guid.bytes.begin());
  // Version in the high digit of the third group, which is stored little-endian; variant after it.
  guid.bytes[7] = static_cast<uint8_t>((guid.bytes[7] & 0x0f) | 0x80);
  guid.bytes[8] = static_cast<uint8_t>((guid.bytes[8] & 0x3f) | 0x80);
  return guid;
}

}  // namespace linuxkit
