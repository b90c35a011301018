// Images in registries: manifests, and blobs as streams. Each host's images are looked for where
// the configuration says (layout, mirrors in order, the host itself), with the user's credentials.
//
//   ABSL_ASSIGN_OR_RETURN(const auto client, RegistryClient::Create({.config = config}));
//   ABSL_ASSIGN_OR_RETURN(const ImageReference image, ImageReference::Parse("alpine:3.20"));
//   ABSL_ASSIGN_OR_RETURN(const ManifestFile manifest, client->GetManifest(image));
//   client->GetBlob(image, {.digest = layer.digest, .size = layer.size}, sink);
#ifndef TOOLS_REGISTRY_CLIENT_H_
#define TOOLS_REGISTRY_CLIENT_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/oci/reference.h"
#include "tools/registry/endpoint.h"
#include "tools/registry/environment.h"

namespace linuxkit {

struct ClientOptions {
  RegistriesConfig config = {};
  Environment environment = ProcessEnvironment;
  HttpOptions http = {};
  RetryPolicy retry = {};
  // Null is the system's clock.
  std::shared_ptr<Clock> clock = nullptr;
};

// Safe for concurrent use.
class RegistryClient {
 public:
  static absl::StatusOr<std::unique_ptr<RegistryClient>> Create(ClientOptions options);

  // By digest if the reference has one, else by tag, else "latest". Digests are verified.
  absl::StatusOr<ManifestFile> GetManifest(const ImageReference& reference);
  // Writes the blob to `sink` and verifies it. After an error the sink holds nothing of use.
  absl::Status GetBlob(const ImageReference& reference, const Blob& blob, RestartableSink& sink);

 private:
  struct Source {
    std::unique_ptr<Endpoint> endpoint;
    // Could not be reached before: asked last from then on.
    std::atomic<bool> is_down = false;
  };
  using Sources = std::vector<std::unique_ptr<Source>>;

  RegistryClient(ClientOptions options, CredentialStore credentials);
  // In the order in which they are asked.
  absl::StatusOr<std::vector<Source*>> SourcesOf(const std::string& host);
  absl::StatusOr<Sources> MakeSources(const std::string& host);
  HttpContext Context(bool is_last);
  absl::Status Ask(const ImageReference& reference,
                   absl::FunctionRef<absl::Status(Endpoint&)> question);

  ClientOptions options_;
  CredentialStore credentials_;
  HttpClient http_;
  std::mutex mutex_;
  std::map<std::string, Sources> by_host_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_CLIENT_H_
