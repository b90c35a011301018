// Names as FAT, GPT and Joliet store them.
#ifndef TOOLS_DISK_UTF16_H_
#define TOOLS_DISK_UTF16_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// An error for bytes that are no UTF-8 (RFC 3629).
absl::StatusOr<std::u16string> Utf16FromUtf8(std::string_view text);

// Pairs of surrogates become one character, single ones U+FFFD.
std::string Utf8FromUtf16(std::u16string_view text);

}  // namespace linuxkit

#endif  // TOOLS_DISK_UTF16_H_
