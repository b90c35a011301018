#include "tools/registry/client.h"

#include <algorithm>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {
namespace {

// A source that is not the last one is not worth long waits.
constexpr int kTriesBeforeFallback = 2;

}  // namespace

absl::StatusOr<std::unique_ptr<RegistryClient>> RegistryClient::Create(ClientOptions options) {
  if (options.clock == nullptr) options.clock = std::make_shared<SystemClock>();
  ABSL_ASSIGN_OR_RETURN(const std::string certificates, ReadCertificates(options.config.ca_files));
  absl::StrAppend(&options.http.extra_ca_certificates, certificates);
  const std::string path = options.config.docker_config.empty()
                               ? FindDockerConfig(options.environment)
                               : options.config.docker_config;
  ABSL_ASSIGN_OR_RETURN(CredentialStore credentials, CredentialStore::Load(path));
  return std::unique_ptr<RegistryClient>(
      new RegistryClient(std::move(options), std::move(credentials)));
}

RegistryClient::RegistryClient(ClientOptions options, CredentialStore credentials)
    : options_(std::move(options)), credentials_(std::move(credentials)), http_(options_.http) {}

HttpContext RegistryClient::Context(bool is_last) {
  RetryPolicy retry = options_.retry;
  if (!is_last) retry.max_tries = std::min(retry.max_tries, kTriesBeforeFallback);
  return {.http = http_,
          .clock = *options_.clock,
          .retry = retry,
          .credentials = credentials_,
          .helpers = options_.config.helpers};
}

absl::StatusOr<RegistryClient::Sources> RegistryClient::MakeSources(const std::string& host) {
  const RegistryHost config = options_.config.ForHost(host);
  std::vector<std::string> bases = config.mirrors;
  if (config.use_origin) bases.push_back(OriginUrl(host, config));
  Sources sources;
  if (!config.layout.empty()) {
    sources.push_back(std::make_unique<Source>());
    sources.back()->endpoint = MakeLayoutEndpoint(config.layout);
  }
  for (const std::string& base : bases) {
    const HttpContext context = Context(base == bases.back());
    sources.push_back(std::make_unique<Source>());
    ABSL_ASSIGN_OR_RETURN(sources.back()->endpoint, MakeRemoteEndpoint(context, base));
  }
  return sources;
}

absl::StatusOr<std::vector<RegistryClient::Source*>> RegistryClient::SourcesOf(
    const std::string& host) {
  const std::lock_guard lock(mutex_);
  auto known = by_host_.find(host);
  if (known == by_host_.end()) {
    ABSL_ASSIGN_OR_RETURN(Sources sources, MakeSources(host));
    known = by_host_.emplace(host, std::move(sources)).first;
  }
  std::vector<Source*> order;
  for (const auto& source : known->second) order.push_back(source.get());
  std::stable_partition(order.begin(), order.end(),
                        [](Source* source) { return !source->is_down; });
  return order;
}

absl::Status RegistryClient::Ask(const ImageReference& reference,
                                 absl::FunctionRef<absl::Status(Endpoint&)> question) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Source*> sources, SourcesOf(reference.Host()));
  absl::Status last = absl::FailedPreconditionError(
      absl::StrCat("registries.json has no source for ", reference.Host(),
                   "; expected a layout, a mirror, or \"origin\": true"));
  std::vector<std::string> lines;
  for (Source* source : sources) {
    last = question(*source->endpoint);
    source->is_down = absl::IsUnavailable(last);
    if (last.ok()) return last;
    lines.emplace_back(last.message());
  }
  if (lines.empty()) lines.emplace_back(last.message());
  return absl::Status(last.code(),
                      absl::StrCat(reference.ToString(), ": ", absl::StrJoin(lines, "; then ")));
}

absl::StatusOr<ManifestFile> RegistryClient::GetManifest(const ImageReference& reference) {
  ManifestFile manifest;
  ABSL_RETURN_IF_ERROR(Ask(reference, [&](Endpoint& endpoint) -> absl::Status {
    ABSL_ASSIGN_OR_RETURN(manifest, endpoint.GetManifest(reference));
    return absl::OkStatus();
  }));
  return manifest;
}

absl::Status RegistryClient::GetBlob(const ImageReference& reference, const Blob& blob,
                                     RestartableSink& sink) {
  return Ask(reference, [&](Endpoint& endpoint) -> absl::Status {
    VerifyingSink verified(blob, sink);
    // What another source has left.
    ABSL_RETURN_IF_ERROR(verified.Restart());
    return endpoint.GetBlob(reference, verified);
  });
}

}  // namespace linuxkit
