// A flag that joins two texts: --label=KEY=VALUE.
//
// What the key is belongs to users, so it may have a "=" of its own. Rules write it percent-encoded
// (rules/private/pairs.bzl): "%3D" for "=" and "%25" for "%". The value is as it is.
#ifndef TOOLS_BASE_PAIR_H_
#define TOOLS_BASE_PAIR_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Pair {
  std::string key;  // not empty
  std::string value;
};

// Splits the value of `--flag`. `expected` names the two parts in the error, as "KEY=VALUE".
absl::StatusOr<Pair> ParsePair(std::string_view flag, std::string_view word,
                               std::string_view expected);

}  // namespace linuxkit

#endif  // TOOLS_BASE_PAIR_H_
