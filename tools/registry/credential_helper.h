// The two protocols of programs that know passwords. Both programs get a question on standard input
// and answer JSON on standard output; their standard error is theirs to show to the user.
//
// Docker's: `docker-credential-NAME get`, a server in, {"Username", "Secret"} out.
// Bazel's:  `PROGRAM get`, {"uri"} in, {"headers": {"Authorization": ["…"]}} out.
#ifndef TOOLS_REGISTRY_CREDENTIAL_HELPER_H_
#define TOOLS_REGISTRY_CREDENTIAL_HELPER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/registry/registries_config.h"
#include "tools/registry/secret.h"

namespace linuxkit {

// A user and a password; or an identity token alone, which is exchanged for access tokens.
struct Credential {
  std::string username;
  Secret password;
  Secret identity_token;
  // Where it comes from, for messages: a file or a program.
  std::string source;
};

// Nothing if the program has none for this server.
absl::StatusOr<std::optional<Credential>> AskDockerHelper(std::string_view name,
                                                          const std::string& server);

// The headers ("Name: value") for requests to `uri`.
absl::StatusOr<std::vector<Secret>> AskBazelHelper(const std::string& program,
                                                   const std::string& uri);

// The program for `host`: that of its exact name, of the longest "*.suffix", of "*"; or null.
const BazelHelper* FindBazelHelper(const std::vector<BazelHelper>& helpers, std::string_view host);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_CREDENTIAL_HELPER_H_
