// Redirects, as registries use them to hand out blobs from other hosts.
#ifndef TOOLS_REGISTRY_REDIRECT_H_
#define TOOLS_REGISTRY_REDIRECT_H_

#include "absl/status/statusor.h"
#include "tools/registry/http.h"

namespace linuxkit {

inline constexpr int kMaxRedirects = 10;

// Sends `request` and follows redirects. The private headers go to the first origin only: once a
// redirect has left it, they are gone for good. From https to http leads no redirect. `body` gets
// the last answer's body; a form is not sent twice, so its answer is the last in any case.
absl::StatusOr<HttpResponse> SendFollowing(HttpClient& http, HttpRequest request,
                                           const HttpBody& body);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_REDIRECT_H_
