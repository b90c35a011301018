// The action LinuxkitFetch: one blob of a registry, by digest.
//
//   fetch_blob --reference=docker.io/library/alpine@sha256:… --size=3642247 --output=OUT
//   fetch_blob --repository=A --repository=B --digest=sha256:… --size=… --output=OUT
//     [--registries=registries.json]
//
// Repositories are tried in order. Credentials and proxies come from the environment, so they are
// neither in the command line nor in the action's key.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/oci/json.h"
#include "tools/registry/fetch.h"

namespace linuxkit {
namespace {

struct Flags {
  std::vector<std::string> references;
  std::vector<std::string> repositories;
  std::string digest;
  int64_t size;
  std::string output;
  std::string registries;
};

absl::StatusOr<Flags> ReadFlags(Args& args) {
  Flags flags = {.references = args.All("reference"),
                 .repositories = args.All("repository"),
                 .digest = args.OptionalOr("digest", ""),
                 .size = args.IntOr("size", -1),
                 .output = args.Required("output"),
                 .registries = args.OptionalOr("registries", "")};
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (flags.size < 0) {
    return absl::InvalidArgumentError("missing flag --size: the bytes of the blob");
  }
  return flags;
}

// Adds a source of the blob, which may say its digest.
absl::Status AddSource(const std::string& text, BlobRequest& request) {
  ABSL_ASSIGN_OR_RETURN(ImageReference reference, ImageReference::Parse(text));
  if (request.blob.digest.empty()) request.blob.digest = reference.digest;
  if (!reference.digest.empty() && reference.digest != request.blob.digest) {
    return absl::InvalidArgumentError(absl::StrCat(text, ": found another digest; expected ",
                                                   request.blob.digest,
                                                   ", as before or in --digest"));
  }
  request.repositories.push_back(std::move(reference));
  return absl::OkStatus();
}

absl::StatusOr<BlobRequest> MakeRequest(const Flags& flags) {
  BlobRequest request = {
      .repositories = {},
      .blob = {.digest = flags.digest, .size = static_cast<uint64_t>(flags.size)},
      .output = flags.output};
  for (const std::string& text : flags.references) {
    ABSL_RETURN_IF_ERROR(AddSource(text, request));
  }
  for (const std::string& text : flags.repositories) {
    ABSL_RETURN_IF_ERROR(AddSource(text, request));
  }
  if (!IsSha256Digest(request.blob.digest)) {
    return absl::InvalidArgumentError(
        absl::StrCat("found the digest \"", request.blob.digest,
                     "\"; expected \"sha256:\" and 64 lower-case hex digits, in --digest or "
                     "--reference"));
  }
  return request;
}

absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const Flags flags, ReadFlags(args));
  ABSL_ASSIGN_OR_RETURN(const BlobRequest request, MakeRequest(flags));
  ClientOptions options;
  if (!flags.registries.empty()) {
    ABSL_ASSIGN_OR_RETURN(options.config, RegistriesConfig::Load(flags.registries));
  }
  ABSL_ASSIGN_OR_RETURN(const auto client, RegistryClient::Create(std::move(options)));
  return FetchBlob(*client, request);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "fetch_blob", linuxkit::Run);
}
