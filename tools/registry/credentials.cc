#include "tools/registry/credentials.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/file.h"
#include "tools/oci/json.h"
#include "tools/oci/reference.h"

namespace linuxkit {
namespace {

constexpr std::string_view kDockerHubServer = "https://index.docker.io/v1/";

bool Exists(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && std::filesystem::exists(path, ignored);
}

// Bazel's actions have no HOME.
std::string HomeDirectory(const Environment& environment) {
  std::string home = environment("HOME");
  if (!home.empty()) return home;
  passwd entry;
  passwd* found = nullptr;
  std::vector<char> buffer(16 * 1024);
  getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? "" : found->pw_dir;
}

// "https://host/v1/" -> "host".
std::string NormalKey(std::string_view key) {
  absl::ConsumePrefix(&key, "https://") || absl::ConsumePrefix(&key, "http://");
  absl::ConsumeSuffix(&key, "/");
  absl::ConsumeSuffix(&key, "/v1") || absl::ConsumeSuffix(&key, "/v2");
  return key == "index.docker.io" || key == "registry-1.docker.io" ? std::string(kDefaultHost)
                                                                   : std::string(key);
}

absl::StatusOr<std::string> StringMember(const JsonNode& node, std::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const auto member, node.Optional(key));
  return member ? member->String() : "";
}

// "auth" is base64 of "user:password".
bool ReadAuth(const std::string& auth, Credential& credential) {
  std::string decoded;
  if (!absl::Base64Unescape(auth, &decoded)) return false;
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) return false;
  credential.username = decoded.substr(0, colon);
  // Docker pads with zeros.
  credential.password = Secret(decoded.substr(colon + 1, decoded.find('\0') - colon - 1));
  return true;
}

// One entry of "auths". Nothing if it is empty, as it is where a helper has the secret.
absl::StatusOr<std::optional<Credential>> ReadEntry(const std::string& path, const JsonNode& node) {
  Credential credential;
  credential.source = path;
  ABSL_ASSIGN_OR_RETURN(const std::string auth, StringMember(node, "auth"));
  ABSL_ASSIGN_OR_RETURN(credential.username, StringMember(node, "username"));
  ABSL_ASSIGN_OR_RETURN(std::string password, StringMember(node, "password"));
  ABSL_ASSIGN_OR_RETURN(std::string token, StringMember(node, "identitytoken"));
  credential.password = Secret(std::move(password));
  credential.identity_token = Secret(std::move(token));
  if (!auth.empty() && !ReadAuth(auth, credential)) {
    return absl::InvalidArgumentError("no base64");
  }
  if (credential.username.empty() && credential.identity_token.empty()) return std::nullopt;
  return credential;
}

absl::Status ReadAuths(const std::string& path, const JsonNode& root,
                       std::map<std::string, Credential>& auths) {
  ABSL_ASSIGN_OR_RETURN(const auto node, root.Optional("auths"));
  if (!node) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const auto entries, node->Members());
  for (const auto& [key, entry] : entries) {
    auto credential = ReadEntry(path, entry);
    if (!credential.ok()) {
      // Not with the reader's own message, which would show the value.
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": auths[\"", key,
                       "\"]: found an entry that is not understood; expected \"auth\" with base64 "
                       "of user:password. Run: docker login ",
                       NormalKey(key)));
    }
    if (*credential) auths.emplace(NormalKey(key), **std::move(credential));
  }
  return absl::OkStatus();
}

// "host/a/b" -> "host/a" -> "host" -> "".
std::string Parent(const std::string& key) {
  const size_t slash = key.rfind('/');
  return slash == std::string::npos ? "" : key.substr(0, slash);
}

// What docker calls a registry when it asks a helper.
std::string ServerName(const std::string& host) {
  return host == kDefaultHost ? std::string(kDockerHubServer) : host;
}

}  // namespace

absl::StatusOr<CredentialStore> CredentialStore::Load(const std::string& path) {
  CredentialStore store;
  store.path_ = path;
  if (!Exists(path)) return store;
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(path, text));
  const JsonNode root = document.root();
  ABSL_RETURN_IF_ERROR(ReadAuths(path, root, store.auths_));
  ABSL_ASSIGN_OR_RETURN(store.default_helper_, StringMember(root, "credsStore"));
  ABSL_ASSIGN_OR_RETURN(const auto helpers, root.Optional("credHelpers"));
  if (!helpers) return store;
  ABSL_ASSIGN_OR_RETURN(const auto programs, helpers->StringMap());
  for (const auto& [host, program] : programs) store.helpers_.emplace(NormalKey(host), program);
  return store;
}

absl::StatusOr<std::optional<Credential>> CredentialStore::Find(
    const std::string& host, const std::string& repository) const {
  const std::string registry = NormalKey(host);
  if (const auto helper = helpers_.find(registry); helper != helpers_.end()) {
    return AskDockerHelper(helper->second, ServerName(registry));
  }
  for (std::string key = absl::StrCat(registry, "/", repository); !key.empty(); key = Parent(key)) {
    if (const auto auth = auths_.find(key); auth != auths_.end()) return auth->second;
  }
  if (!default_helper_.empty()) return AskDockerHelper(default_helper_, ServerName(registry));
  return std::nullopt;
}

std::string CredentialStore::LoginName(const std::string& host) { return NormalKey(host); }

std::string FindDockerConfig(const Environment& environment) {
  const std::string directory = environment("DOCKER_CONFIG");
  const std::string docker = absl::StrCat(
      directory.empty() ? absl::StrCat(HomeDirectory(environment), "/.docker") : directory,
      "/config.json");
  if (Exists(docker)) return docker;
  if (const std::string file = environment("REGISTRY_AUTH_FILE"); Exists(file)) return file;
  const std::string runtime = environment("XDG_RUNTIME_DIR");
  const std::string containers = absl::StrCat(runtime, "/containers/auth.json");
  return !runtime.empty() && Exists(containers) ? containers : docker;
}

}  // namespace linuxkit
