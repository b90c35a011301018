// The user's registries.json: mirrors, registries without TLS, own certificate authorities,
// credential helpers, and image layouts that stand in for a registry. docs/registries.md describes
// it; without a file, every image comes from the host that its name begins with.
//
//   {
//     "registries": {
//       "docker.io": {"mirrors": ["https://mirror.example/hub"], "origin": false},
//       "registry.example:5000": {"plainHttp": true},
//       "*": {"layout": "images"}
//     },
//     "caFiles": ["ca.pem"],
//     "credentialHelpers": {"*.example.com": "tools/helper"},
//     "dockerConfig": "docker/config.json"
//   }
#ifndef TOOLS_REGISTRY_REGISTRIES_CONFIG_H_
#define TOOLS_REGISTRY_REGISTRIES_CONFIG_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

// Where the images of one host come from: the layout, the mirrors in order, the host itself.
struct RegistryHost {
  // A directory in OCI image layout; empty for none.
  std::string layout;
  // "https://HOST[:PORT][/PREFIX]".
  std::vector<std::string> mirrors;
  // False: never the host itself.
  bool use_origin = true;
  // Unset: only for this machine (localhost, 127.0.0.0/8, ::1).
  std::optional<bool> plain_http;
};

// A program that speaks Bazel's credential helper protocol.
struct BazelHelper {
  // "host", "*.example.com" (all below example.com), or "*".
  std::string pattern;
  // A path, or a name on PATH.
  std::string program;
};

struct RegistriesConfig {
  // By host, as in the full form of an image reference; "*" is for all hosts not named.
  std::map<std::string, RegistryHost> hosts;
  std::vector<std::string> ca_files;
  // By pattern.
  std::vector<BazelHelper> helpers;
  // Replaces Docker's own place of its config.json; empty for none.
  std::string docker_config;

  // Paths in the file are relative to its directory, behind symlinks.
  static absl::StatusOr<RegistriesConfig> Load(const std::string& path);
  static absl::StatusOr<RegistriesConfig> Parse(std::string_view name, std::string_view text,
                                                const std::string& directory);

  RegistryHost ForHost(const std::string& host) const;
};

// The root of the API of `host`: "https://HOST".
std::string OriginUrl(const std::string& host, const RegistryHost& config);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_REGISTRIES_CONFIG_H_
