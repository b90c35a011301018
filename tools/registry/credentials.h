// Passwords of registries, from where `docker login` puts them: Docker's config.json with `auths`,
// `credsStore` and `credHelpers`.
//
//   CredentialStore store(FindDockerConfig(ProcessEnvironment));
//   ABSL_ASSIGN_OR_RETURN(const auto credential, store.Find("registry.example", "team/app"));
#ifndef TOOLS_REGISTRY_CREDENTIALS_H_
#define TOOLS_REGISTRY_CREDENTIALS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/registry/credential_helper.h"
#include "tools/registry/environment.h"

namespace linuxkit {

class CredentialStore {
 public:
  // A file that does not exist has no credentials.
  static absl::StatusOr<CredentialStore> Load(const std::string& path);

  // The credential for a repository on `host` ("registry.example:5000"): that of the longest prefix
  // of "host/repository" that the file knows.
  absl::StatusOr<std::optional<Credential>> Find(const std::string& host,
                                                 const std::string& repository) const;
  // The server as `docker login` wants it: Docker Hub's API has another host than its images.
  static std::string LoginName(const std::string& host);
  // The file, for messages.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  // By host or "host/repository", without scheme.
  std::map<std::string, Credential> auths_;
  std::map<std::string, std::string> helpers_;
  std::string default_helper_;
};

// $DOCKER_CONFIG/config.json or .docker/config.json in the home directory; if that does not exist,
// $REGISTRY_AUTH_FILE or $XDG_RUNTIME_DIR/containers/auth.json if one of them does.
std::string FindDockerConfig(const Environment& environment);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_CREDENTIALS_H_
