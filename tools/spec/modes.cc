#include "tools/spec/modes.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr uint32_t kPermissions = 07777;

}  // namespace

absl::StatusOr<uint32_t> ParseMode(std::string_view what, std::string_view text) {
  if (text.empty() || text.find_first_not_of("01234567") != text.npos) {
    return absl::InvalidArgumentError(absl::StrCat("cannot parse ", what,
                                                   " mode as octal value: found \"", text,
                                                   "\"; expected octal digits such as \"0644\""));
  }
  uint32_t mode = 0;
  for (const char c : text) {
    mode = mode * 8 + static_cast<uint32_t>(c - '0');
    if (mode <= kPermissions) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("found the ", what, " mode \"", text,
                     "\"; expected at most \"7777\", the permissions alone, such as \"0644\""));
  }
  return mode;
}

}  // namespace linuxkit
