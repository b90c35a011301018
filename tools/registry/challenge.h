// The header `WWW-Authenticate` (RFC 9110, 11.6.1): how a server wants to be asked again.
//
//   Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull"
#ifndef TOOLS_REGISTRY_CHALLENGE_H_
#define TOOLS_REGISTRY_CHALLENGE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Challenge {
  // In lower case: "basic", "bearer".
  std::string scheme;
  // Names in lower case. The first of several equal names counts.
  std::map<std::string, std::string> parameters;

  // Empty if there is none.
  std::string Parameter(const std::string& name) const;
};

// Several challenges, and several headers joined by commas, are one list. Any text gives challenges
// or an error.
absl::StatusOr<std::vector<Challenge>> ParseChallenges(std::string_view header);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_CHALLENGE_H_
