#include "tools/registry/registries_config.h"

#include <filesystem>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/file.h"
#include "tools/oci/json.h"
#include "tools/oci/reference.h"
#include "tools/registry/url.h"

namespace linuxkit {
namespace {

// The name of Docker Hub in image references is not where its API is.
constexpr std::string_view kDockerHubApi = "registry-1.docker.io";

// Reads one member into its field.
using FieldReader = std::function<absl::Status(const JsonNode&)>;
using Fields = std::map<std::string, FieldReader>;

// Calls the reader of each member of `node`. A key without reader is an error.
absl::Status ReadFields(const JsonNode& node, const Fields& fields) {
  ABSL_ASSIGN_OR_RETURN(const auto members, node.Members());
  for (const auto& [key, member] : members) {
    const auto field = fields.find(key);
    if (field == fields.end()) {
      const auto name = [](std::string* out, const auto& pair) { out->append(pair.first); };
      return member.Unexpected(absl::StrCat("one of the keys ", absl::StrJoin(fields, ", ", name)));
    }
    ABSL_RETURN_IF_ERROR(field->second(member));
  }
  return absl::OkStatus();
}

template <typename T, typename U>
absl::Status Store(absl::StatusOr<T> value, U& field) {
  ABSL_RETURN_IF_ERROR(value.status());
  field = *std::move(value);
  return absl::OkStatus();
}

class Reader {
 public:
  Reader(std::string_view name, std::string directory)
      : name_(name), directory_(std::move(directory)) {}

  absl::StatusOr<RegistriesConfig> Read(const JsonNode& root) {
    RegistriesConfig config;
    ABSL_RETURN_IF_ERROR(ReadFields(
        root, {{"registries", [&](const JsonNode& node) { return ReadHosts(node, config.hosts); }},
               {"caFiles", [&](const JsonNode& node) { return ReadPaths(node, config.ca_files); }},
               {"credentialHelpers",
                [&](const JsonNode& node) { return ReadHelpers(node, config.helpers); }},
               {"dockerConfig",
                [&](const JsonNode& node) { return ReadPath(node, config.docker_config); }}}));
    return config;
  }

 private:
  std::string Absolute(const std::string& path) const {
    return (std::filesystem::path(directory_) / path).lexically_normal().string();
  }

  absl::Status ReadPath(const JsonNode& node, std::string& path) const {
    ABSL_ASSIGN_OR_RETURN(const std::string text, node.String());
    path = Absolute(text);
    return absl::OkStatus();
  }

  absl::Status ReadPaths(const JsonNode& node, std::vector<std::string>& paths) const {
    ABSL_ASSIGN_OR_RETURN(paths, node.StringList());
    for (std::string& path : paths) path = Absolute(path);
    return absl::OkStatus();
  }

  // A name without "/" is looked up on PATH.
  absl::Status ReadHelpers(const JsonNode& node, std::vector<BazelHelper>& helpers) const {
    ABSL_ASSIGN_OR_RETURN(const auto programs, node.StringMap());
    for (const auto& [pattern, program] : programs) {
      const bool is_path = absl::StrContains(program, '/');
      helpers.push_back({.pattern = pattern, .program = is_path ? Absolute(program) : program});
    }
    return absl::OkStatus();
  }

  absl::Status ReadHosts(const JsonNode& node, std::map<std::string, RegistryHost>& hosts) const {
    ABSL_ASSIGN_OR_RETURN(const auto members, node.Members());
    for (const auto& [host, member] : members) {
      if (absl::StrContains(host, '/')) {
        return absl::InvalidArgumentError(absl::StrCat(
            name_, ": registries: found the key \"", host,
            "\"; expected a host as image names have it, like \"docker.io\", or \"*\""));
      }
      ABSL_RETURN_IF_ERROR(ReadHost(member, hosts[host]));
    }
    return absl::OkStatus();
  }

  absl::Status ReadHost(const JsonNode& node, RegistryHost& host) const {
    return ReadFields(
        node,
        {{"layout", [&](const JsonNode& member) { return ReadPath(member, host.layout); }},
         {"mirrors", [&](const JsonNode& member) { return ReadMirrors(member, host.mirrors); }},
         {"origin", [&](const JsonNode& member) { return Store(member.Bool(), host.use_origin); }},
         {"plainHttp",
          [&](const JsonNode& member) { return Store(member.Bool(), host.plain_http); }}});
  }

  static absl::Status ReadMirrors(const JsonNode& node, std::vector<std::string>& mirrors) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements, node.Elements());
    for (const JsonNode& element : elements) {
      ABSL_ASSIGN_OR_RETURN(const std::string text, element.String());
      const absl::StatusOr<Url> url = Url::Parse(text);
      if (!absl::StrContains(text, "://") || !url.ok() || absl::StrContains(text, '?')) {
        return element.Unexpected("https://HOST or http://HOST, with :PORT and /PREFIX if needed");
      }
      if (absl::StrContains(text, '@')) {
        // `Unexpected` would show the password.
        return absl::InvalidArgumentError(absl::StrCat(
            element.Name(), ": found a user in the URL ", url->shown(),
            "; expected none: credentials belong in Docker's config.json (run: docker login ",
            url->authority(), ")"));
      }
      mirrors.push_back(absl::EndsWith(text, "/") ? text.substr(0, text.size() - 1) : text);
    }
    return absl::OkStatus();
  }

  std::string_view name_;
  std::string directory_;
};

bool IsThisMachine(std::string_view host) {
  const std::string_view name = host.substr(0, host.find(':'));
  return name == "localhost" || absl::EndsWith(name, ".localhost") ||
         absl::StartsWith(name, "127.") || absl::StartsWith(host, "[::1]");
}

// Bazel shows an action the file through a symlink, in a directory where nothing else is.
std::string DirectoryOf(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return (error ? path : real).parent_path().string();
}

}  // namespace

absl::StatusOr<RegistriesConfig> RegistriesConfig::Load(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxJsonBytes));
  return Parse(path, text, DirectoryOf(path));
}

absl::StatusOr<RegistriesConfig> RegistriesConfig::Parse(std::string_view name,
                                                         std::string_view text,
                                                         const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  return Reader(name, directory).Read(document.root());
}

RegistryHost RegistriesConfig::ForHost(const std::string& host) const {
  for (const std::string& key : {host, std::string("*")}) {
    if (const auto found = hosts.find(key); found != hosts.end()) return found->second;
  }
  return {};
}

std::string OriginUrl(const std::string& host, const RegistryHost& config) {
  if (host == kDefaultHost) return absl::StrCat("https://", kDockerHubApi);
  return absl::StrCat(config.plain_http.value_or(IsThisMachine(host)) ? "http" : "https", "://",
                      host);
}

}  // namespace linuxkit
