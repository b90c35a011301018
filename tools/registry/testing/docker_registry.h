// Debian's docker-registry on the loopback address, and images in it.
#ifndef TOOLS_REGISTRY_TESTING_DOCKER_REGISTRY_H_
#define TOOLS_REGISTRY_TESTING_DOCKER_REGISTRY_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "tools/qemu/process.h"

namespace linuxkit {

struct DockerRegistryOptions {
  // Where the images are. Several registries may show the same directory.
  std::string storage;
  // A directory for the configuration file.
  std::string scratch;
  // Files; empty for none.
  std::string htpasswd = "";
  std::string tls_certificate = "";
  std::string tls_key = "";
  // The token server's URL, and the certificate that it signs with; empty for none.
  std::string token_realm = "";
  std::string token_certificate = "";
};

inline constexpr char kTokenService[] = "test-registry";
inline constexpr char kTokenIssuer[] = "test-issuer";

// Runs until it is destroyed. A registry that does not start ends the test program.
class DockerRegistry {
 public:
  explicit DockerRegistry(const DockerRegistryOptions& options);
  ~DockerRegistry();

  int port() const { return port_; }
  // "127.0.0.1:PORT".
  std::string authority() const;

 private:
  std::optional<Process> process_;
  DescriptorPair log_;
  int port_ = 0;
  std::jthread drain_;
};

// Reads a server's log until it says on which port it listens, right after `before`.
int AwaitPort(int fd, std::string_view before);

// Images for tests, made by umoci in the layout `directory`/layout. Each has a layer of a megabyte
// that does not compress well, so that it can be cut in the middle.
//
//   gzip, zstd, plain: for linux/amd64, with a layer in that form
//   multi:             an index of images for linux/amd64 and linux/arm64/v8
void MakeTestImages(const std::string& directory);
// Copies the image to the registry with skopeo; `name` is "team/app:1".
void PushTestImage(const std::string& directory, const std::string& image,
                   const DockerRegistry& registry, const std::string& name,
                   const std::string& format = "oci");

// A certificate authority and a certificate of it for 127.0.0.1, in `directory`: ca.pem, ca.key,
// server.pem, server.key.
void MakeTestCertificates(const std::string& directory);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_DOCKER_REGISTRY_H_
