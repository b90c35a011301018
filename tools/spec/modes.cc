#include "tools/spec/modes.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::StatusOr<uint32_t> ParseMode(std::string_view what, std::string_view text) {
  uint64_t mode = 0;
  bool valid = !text.empty();
  for (const char c : text) {
    if (c < '0' || c > '7' || mode > std::numeric_limits<uint32_t>::max() / 8) {
      valid = false;
      break;
    }
    mode = mode * 8 + static_cast<uint64_t>(c - '0');
  }
  if (!valid) {
    return absl::InvalidArgumentError(absl::StrCat("cannot parse ", what,
                                                   " mode as octal value: found \"", text,
                                                   "\"; expected octal digits such as \"0644\""));
  }
  return static_cast<uint32_t>(mode);
}

}  // namespace linuxkit
