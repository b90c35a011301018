// What all conversations with servers share.
#ifndef TOOLS_REGISTRY_CONTEXT_H_
#define TOOLS_REGISTRY_CONTEXT_H_

#include <vector>

#include "tools/registry/credentials.h"
#include "tools/registry/http.h"
#include "tools/registry/registries_config.h"
#include "tools/registry/retry.h"

namespace linuxkit {

// Everything in it must outlive those who have a copy.
struct HttpContext {
  HttpClient& http;
  Clock& clock;
  RetryPolicy retry;
  const CredentialStore& credentials;
  const std::vector<BazelHelper>& helpers;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_CONTEXT_H_
