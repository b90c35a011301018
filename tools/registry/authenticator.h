// The credentials of one server, in the form that it wants: Basic, or a bearer token from the token
// server that it names. Tokens are kept for each repository.
//
// The first request goes without (but for Bazel's credential helpers, which know in advance); the
// 401 that it may give tells how to go on. A second 401 is final: `Refused`.
//
//   ABSL_ASSIGN_OR_RETURN(Authorization headers, authenticator.Current("team/app"));
//   … 401 …
//   ABSL_ASSIGN_OR_RETURN(headers, authenticator.Renew("team/app", response, headers));
#ifndef TOOLS_REGISTRY_AUTHENTICATOR_H_
#define TOOLS_REGISTRY_AUTHENTICATOR_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/registry/challenge.h"
#include "tools/registry/context.h"
#include "tools/registry/http.h"

namespace linuxkit {

// Header lines.
using Authorization = std::vector<Secret>;

// Safe for concurrent use.
class Authenticator {
 public:
  Authenticator(const HttpContext& context, Url server)
      : context_(context), server_(std::move(server)) {}

  // What to send with a request for `repository` now; perhaps nothing.
  absl::StatusOr<Authorization> Current(const std::string& repository);
  // What to send after `response`, a 401 to a request with `old`.
  absl::StatusOr<Authorization> Renew(const std::string& repository, const HttpResponse& response,
                                      const Authorization& old);
  // The error for a 401 to what `Renew` gave.
  absl::Status Refused(const std::string& repository, const HttpResponse& response,
                       const std::string& reason) const;

 private:
  absl::StatusOr<Authorization> Answer(const std::string& repository, const HttpResponse& response);
  absl::StatusOr<Authorization> Basic(const std::string& repository, const HttpResponse& response);
  absl::StatusOr<Authorization> Bearer(const std::string& repository, const Challenge& challenge);
  absl::Status NoCredentials(const HttpResponse& response, const std::string& reason) const;

  HttpContext context_;
  Url server_;
  std::mutex mutex_;
  std::map<std::string, Authorization> by_repository_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_AUTHENTICATOR_H_
