#include "tools/registry/authenticator.h"

#include <algorithm>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/registry/token.h"

namespace linuxkit {
namespace {

const Challenge* Find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  const auto found =
      std::find_if(challenges.begin(), challenges.end(),
                   [&](const Challenge& challenge) { return challenge.scheme == scheme; });
  return found == challenges.end() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<Authorization> Authenticator::Current(const std::string& repository) {
  const std::lock_guard lock(mutex_);
  const auto known = by_repository_.find(repository);
  if (known != by_repository_.end()) return known->second;
  const BazelHelper* helper = FindBazelHelper(context_.helpers, server_.host());
  if (helper == nullptr) return Authorization();
  const std::string uri =
      absl::StrCat(server_.scheme(), "://", server_.authority(), "/v2/", repository, "/");
  ABSL_ASSIGN_OR_RETURN(Authorization headers, AskBazelHelper(helper->program, uri));
  return by_repository_[repository] = std::move(headers);
}

absl::StatusOr<Authorization> Authenticator::Renew(const std::string& repository,
                                                   const HttpResponse& response,
                                                   const Authorization& old) {
  // Held while the token is fetched, so that many downloads that start at once fetch one token.
  const std::lock_guard lock(mutex_);
  const auto known = by_repository_.find(repository);
  if (known != by_repository_.end() && known->second != old) return known->second;
  ABSL_ASSIGN_OR_RETURN(Authorization headers, Answer(repository, response));
  return by_repository_[repository] = std::move(headers);
}

absl::StatusOr<Authorization> Authenticator::Answer(const std::string& repository,
                                                    const HttpResponse& response) {
  if (FindBazelHelper(context_.helpers, server_.host()) != nullptr) {
    return Refused(repository, response, "");
  }
  const absl::StatusOr<std::vector<Challenge>> challenges =
      ParseChallenges(response.Header("www-authenticate"));
  if (!challenges.ok()) {
    return absl::UnauthenticatedError(
        absl::StrCat(response.url, ": found status 401; ", challenges.status().message()));
  }
  if (const Challenge* bearer = Find(*challenges, "bearer")) return Bearer(repository, *bearer);
  if (Find(*challenges, "basic") != nullptr) return Basic(repository, response);
  return absl::UnauthenticatedError(absl::StrCat(
      response.url, ": found status 401 and in WWW-Authenticate ",
      challenges->empty() ? "nothing" : absl::StrCat("\"", challenges->front().scheme, "\""),
      "; expected Basic or Bearer"));
}

absl::StatusOr<Authorization> Authenticator::Basic(const std::string& repository,
                                                   const HttpResponse& response) {
  ABSL_ASSIGN_OR_RETURN(const auto credential,
                        context_.credentials.Find(server_.authority(), repository));
  if (!credential || credential->username.empty()) return NoCredentials(response, "");
  return Authorization{BasicHeader(*credential)};
}

absl::StatusOr<Authorization> Authenticator::Bearer(const std::string& repository,
                                                    const Challenge& challenge) {
  ABSL_ASSIGN_OR_RETURN(const auto credential,
                        context_.credentials.Find(server_.authority(), repository));
  ABSL_ASSIGN_OR_RETURN(const Secret token,
                        FetchToken(context_, server_, challenge, repository, credential));
  return Authorization{Secret(absl::StrCat("Authorization: Bearer ", token.Reveal()))};
}

absl::Status Authenticator::NoCredentials(const HttpResponse& response,
                                          const std::string& reason) const {
  const std::string name = CredentialStore::LoginName(server_.authority());
  return absl::UnauthenticatedError(
      absl::StrCat(response.url, ": found status 401", reason, "; no credentials for ", name,
                   " in ", context_.credentials.path(), "; run: docker login ", name));
}

absl::Status Authenticator::Refused(const std::string& repository, const HttpResponse& response,
                                    const std::string& reason) const {
  const std::string name = CredentialStore::LoginName(server_.authority());
  const BazelHelper* helper = FindBazelHelper(context_.helpers, server_.host());
  if (helper != nullptr) {
    return absl::UnauthenticatedError(
        absl::StrCat(response.url, ": found status 401", reason, "; ", name,
                     " refuses the headers of the credential helper ", helper->program));
  }
  ABSL_ASSIGN_OR_RETURN(const auto credential,
                        context_.credentials.Find(server_.authority(), repository));
  if (!credential) return NoCredentials(response, reason);
  return absl::UnauthenticatedError(absl::StrCat(response.url, ": found status 401", reason, "; ",
                                                 name, " refuses the credentials in ",
                                                 credential->source, "; run: docker login ", name));
}

}  // namespace linuxkit
