#include "tools/registry/token.h"

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/oci/json.h"
#include "tools/registry/answer.h"
#include "tools/registry/redirect.h"

namespace linuxkit {
namespace {

constexpr size_t kMaxTokenBytes = 1 << 20;
// Identifies us to token servers of the OAuth 2 kind, which ask for a name.
constexpr std::string_view kClientId = "rules_linuxkit";

// A password must not go to the token server in the clear if the registry itself is on TLS.
absl::StatusOr<Url> Realm(const Url& server, const Challenge& challenge) {
  const absl::StatusOr<Url> realm = Url::Parse(challenge.Parameter("realm"));
  if (!realm.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        server.shown(), ": WWW-Authenticate: realm of Bearer: ", realm.status().message()));
  }
  if (server.scheme() == "https" && realm->scheme() != "https") {
    return absl::FailedPreconditionError(absl::StrCat(server.shown(), ": found the token server ",
                                                      realm->shown(), "; expected https"));
  }
  return *realm;
}

std::string Query(const Challenge& challenge, const std::string& repository) {
  std::string scope = challenge.Parameter("scope");
  if (scope.empty()) scope = absl::StrCat("repository:", repository, ":pull");
  return absl::StrCat("service=", QueryEscape(challenge.Parameter("service")),
                      "&scope=", QueryEscape(scope));
}

absl::StatusOr<HttpRequest> MakeRequest(const Url& realm, const std::string& query,
                                        const std::optional<Credential>& credential) {
  if (credential && !credential->identity_token.empty()) {
    return HttpRequest{.url = realm,
                       .form = Secret(absl::StrCat(
                           query, "&grant_type=refresh_token&client_id=", kClientId,
                           "&refresh_token=", QueryEscape(credential->identity_token.Reveal())))};
  }
  HttpRequest request;
  const std::string separator = absl::StrContains(realm.text(), '?') ? "&" : "?";
  ABSL_ASSIGN_OR_RETURN(request.url, Url::Parse(absl::StrCat(realm.text(), separator, query)));
  if (credential) request.private_headers.push_back(BasicHeader(*credential));
  return request;
}

// The JSON reader's messages show values, which here are tokens.
absl::StatusOr<Secret> ParseToken(const std::string& url, const std::string& text) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(url, text);
  for (const std::string_view key : {"token", "access_token"}) {
    if (!document.ok()) break;
    const auto node = document->root().Optional(key);
    if (!node.ok() || !*node) continue;
    const absl::StatusOr<std::string> token = (*node)->String();
    if (token.ok() && !token->empty() && !absl::StrContains(*token, '\n')) return Secret(*token);
  }
  return absl::FailedPreconditionError(
      absl::StrCat(url, ": found no token in the answer; expected JSON with \"token\""));
}

absl::Status TokenError(const HttpResponse& response, const ErrorPage& page,
                        const std::optional<Credential>& credential, const Url& server) {
  if (response.status != 401 || !credential) return ErrorOf(response, page);
  const std::string name = CredentialStore::LoginName(server.authority());
  return absl::UnauthenticatedError(absl::StrCat(response.url, ": found status 401", page.Reason(),
                                                 " for the credentials of ", name, " in ",
                                                 credential->source, "; run: docker login ", name));
}

Try FetchOnce(const HttpContext& context, const Url& server, const HttpRequest& request,
              const std::optional<Credential>& credential, std::string& text) {
  text.clear();
  ErrorPage page;
  const HttpBody body = [&](const HttpResponse& response, std::string_view bytes) {
    if (!IsSuccess(response)) return page.Append(response, bytes);
    text.append(bytes);
    if (text.size() <= kMaxTokenBytes) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("found a token of more than ", kMaxTokenBytes, " bytes"));
  };
  const absl::StatusOr<HttpResponse> response = SendFollowing(context.http, request, body);
  if (!response.ok()) return {.status = response.status()};
  if (IsSuccess(*response)) return {.status = absl::OkStatus()};
  return {.status = TokenError(*response, page, credential, server),
          .retry_after = ParseRetryAfter(response->Header("retry-after"), context.clock.Now())};
}

}  // namespace

absl::StatusOr<Secret> FetchToken(const HttpContext& context, const Url& server,
                                  const Challenge& challenge, const std::string& repository,
                                  const std::optional<Credential>& credential) {
  ABSL_ASSIGN_OR_RETURN(const Url realm, Realm(server, challenge));
  ABSL_ASSIGN_OR_RETURN(const HttpRequest request,
                        MakeRequest(realm, Query(challenge, repository), credential));
  std::string text;
  ABSL_RETURN_IF_ERROR(Retry(context.retry, context.clock, [&] {
    return FetchOnce(context, server, request, credential, text);
  }));
  return ParseToken(realm.shown(), text);
}

Secret BasicHeader(const Credential& credential) {
  return Secret(absl::StrCat(
      "Authorization: Basic ",
      absl::Base64Escape(absl::StrCat(credential.username, ":", credential.password.Reveal()))));
}

}  // namespace linuxkit
