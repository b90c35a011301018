#include "tools/base/pair.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace linuxkit {

absl::StatusOr<Pair> ParsePair(std::string_view flag, std::string_view word,
                               std::string_view expected) {
  const size_t equals = word.find('=');
  if (equals == word.npos || equals == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, "=", word, ": expected --", flag, "=", expected));
  }
  return Pair{.key = absl::StrReplaceAll(word.substr(0, equals), {{"%3D", "="}, {"%25", "%"}}),
              .value = std::string(word.substr(equals + 1))};
}

}  // namespace linuxkit
