// Bearer tokens (the Docker registry's token authentication specification): a token server gives
// one for the right to pull from one repository, to an account or to anybody.
#ifndef TOOLS_REGISTRY_TOKEN_H_
#define TOOLS_REGISTRY_TOKEN_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/registry/challenge.h"
#include "tools/registry/context.h"

namespace linuxkit {

// Asks the token server that `challenge` names. Without credential the token is for anybody.
absl::StatusOr<Secret> FetchToken(const HttpContext& context, const Url& server,
                                  const Challenge& challenge, const std::string& repository,
                                  const std::optional<Credential>& credential);

Secret BasicHeader(const Credential& credential);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TOKEN_H_
