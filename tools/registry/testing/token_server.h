// A token server for docker-registry: signs tokens that it accepts.
#ifndef TOOLS_REGISTRY_TESTING_TOKEN_SERVER_H_
#define TOOLS_REGISTRY_TESTING_TOKEN_SERVER_H_

#include <string>
#include <vector>

#include "tools/registry/testing/http_server.h"

namespace linuxkit {

class TokenServer {
 public:
  // Signs with the key in the PEM file `key_path` whose certificate is in `certificate_path`. Gives
  // tokens to "user:password" (`account`) alone, or to anybody if that is empty. A refresh token,
  // POSTed, must be `account` too.
  TokenServer(const std::string& key_path, const std::string& certificate_path,
              std::string account);

  // For the registry's configuration.
  std::string realm() const { return "http://" + server_.authority() + "/token"; }
  std::vector<TestRequest> requests() { return server_.requests(); }

 private:
  void Handle(const TestRequest& request, TestConnection& client) const;

  std::string key_;
  std::string certificate_;
  std::string account_;
  TestServer server_;
};

// A JSON Web Token (RS256) that allows to pull from `repository`. The key and the certificate are
// PEM.
std::string SignToken(const std::string& key, const std::string& certificate,
                      const std::string& repository);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_TOKEN_SERVER_H_
