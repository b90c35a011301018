#include "tools/registry/redirect.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/registry/answer.h"

namespace linuxkit {
namespace {

bool IsRedirect(const HttpResponse& response) {
  const int status = response.status;
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

absl::StatusOr<Url> Target(const Url& from, const HttpResponse& response) {
  const std::string location = response.Header("location");
  if (location.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(from.shown(), ": found status ", response.status,
                     " without Location; expected where the redirect leads"));
  }
  const absl::StatusOr<Url> target = from.Resolve(location);
  if (!target.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(from.shown(), ": redirect: ", target.status().message()));
  }
  if (from.scheme() == "https" && target->scheme() == "http") {
    return absl::FailedPreconditionError(absl::StrCat(
        from.shown(), ": redirects to ", target->shown(), "; expected https, as before"));
  }
  return target;
}

}  // namespace

absl::StatusOr<HttpResponse> SendFollowing(HttpClient& http, HttpRequest request,
                                           const HttpBody& body) {
  const std::string first = request.url.shown();
  // What a redirect says to people; nobody reads it, but it must have an end.
  ErrorPage page;
  const HttpBody only_last = [&](const HttpResponse& response, std::string_view bytes) {
    return IsRedirect(response) ? page.Append(response, bytes) : body(response, bytes);
  };
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    ABSL_ASSIGN_OR_RETURN(HttpResponse response, http.Send(request, only_last));
    if (!IsRedirect(response) || request.form) return response;
    ABSL_ASSIGN_OR_RETURN(Url target, Target(request.url, response));
    if (target.origin() != request.url.origin()) request.private_headers.clear();
    request.url = std::move(target);
  }
  return absl::FailedPreconditionError(absl::StrCat(first, ": redirects more than ", kMaxRedirects,
                                                    " times, at last to ", request.url.shown()));
}

}  // namespace linuxkit
