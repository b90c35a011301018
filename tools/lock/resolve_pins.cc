#include "tools/lock/resolve_pins.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/registry/resolve.h"

namespace linuxkit {
namespace {

LockedPlatform ToLockedPlatform(ResolvedPlatform resolved) {
  return {.platform = resolved.platform.ToString(),
          .manifest = std::move(resolved.manifest.descriptor),
          .manifest_json = std::move(resolved.manifest.text),
          .config_json = std::move(resolved.config),
          .content = std::move(resolved.parsed)};
}

absl::Status WithAdvice(const absl::Status& status, const PinRequest& request) {
  const ImageReference asked = request.object;
  // A reference that was pinned before may be gone in that version.
  if (asked.ToString() == request.reference) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), "; to resolve ", request.reference,
                                   " anew: ", kLockCommand, " -- --upgrade=", request.reference));
}

absl::StatusOr<LockedIndex> ResolveLayout(RegistryClient& client, const PinRequest& request,
                                          const ManifestFile& root) {
  absl::StatusOr<std::vector<ResolvedPlatform>> images =
      ResolveIndex(client, request.object, root, request.layout_platforms);
  if (!images.ok()) return WithAdvice(images.status(), request);
  LockedIndex index = {.json = root.text};
  for (ResolvedPlatform& image : *images) {
    index.images.push_back(ToLockedPlatform(std::move(image)));
  }
  return index;
}

absl::StatusOr<LockedImage> ResolvePin(RegistryClient& client, const PinRequest& request) {
  absl::StatusOr<ResolvedImage> resolved = ResolveImage(client, request.object, request.platforms);
  if (!resolved.ok()) return WithAdvice(resolved.status(), request);
  LockedImage image = {.name = request.name,
                       .reference = request.reference,
                       .digest = resolved->root.descriptor.digest,
                       .media_type = resolved->root.descriptor.media_type};
  for (ResolvedPlatform& platform : resolved->platforms) {
    image.platforms.push_back(ToLockedPlatform(std::move(platform)));
  }
  if (request.has_layout) {
    ABSL_ASSIGN_OR_RETURN(image.index, ResolveLayout(client, request, resolved->root));
  }
  return image;
}

}  // namespace

absl::StatusOr<std::vector<LockedImage>> ResolvePins(RegistryClient& client,
                                                     absl::Span<const PinRequest> requests,
                                                     int jobs, ResolveProgress& progress) {
  std::vector<absl::StatusOr<LockedImage>> results(requests.size(), LockedImage());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < requests.size(); i = next++) {
      results[i] = ResolvePin(client, requests[i]);
      progress.FinishOne(requests[i].reference, results[i].ok());
    }
  };
  std::vector<std::jthread> workers;
  const size_t count = std::min(requests.size(), static_cast<size_t>(std::max(1, jobs)));
  for (size_t i = 0; i < count; ++i) workers.emplace_back(work);
  workers.clear();
  std::vector<LockedImage> images;
  std::vector<std::string> errors;
  for (absl::StatusOr<LockedImage>& result : results) {
    if (result.ok()) {
      images.push_back(*std::move(result));
    } else {
      errors.emplace_back(result.status().message());
    }
  }
  if (errors.empty()) return images;
  return absl::UnavailableError(absl::StrJoin(errors, "\n"));
}

}  // namespace linuxkit
