#include "tools/lock/lock_plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/lock/image_names.h"
#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

using PlatformNames = std::set<std::string>;

// The whole of `volume` is in the system for the platforms that it names itself.
PlatformNames PlatformsOf(const SkeletonVolume& volume, const PlatformNames& platforms) {
  PlatformNames names = platforms;
  if (volume.format() == "oci") names.insert(volume.platforms().begin(), volume.platforms().end());
  return names;
}

void AddImages(const Skeleton& config, const PlatformNames& platforms, Wanted& wanted) {
  const auto add = [&](const SkeletonImage& image, const PlatformNames& names) {
    // Targets and packages are built, not fetched.
    if (image.reference().empty()) return;
    wanted.images[image.reference()].insert(names.begin(), names.end());
  };
  add(config.kernel().image(), platforms);
  for (const SkeletonImage& image : config.init()) add(image, platforms);
  for (const SkeletonContainer& entry : config.onboot()) add(entry.image(), platforms);
  for (const SkeletonContainer& entry : config.onshutdown()) add(entry.image(), platforms);
  for (const SkeletonContainer& entry : config.services()) add(entry.image(), platforms);
  for (const SkeletonVolume& entry : config.volumes()) {
    add(entry.image(), PlatformsOf(entry, platforms));
  }
}

absl::StatusOr<PlatformNames> FullPlatforms(absl::Span<const std::string> texts) {
  PlatformNames names;
  for (const std::string& text : texts) {
    ABSL_ASSIGN_OR_RETURN(const Platform platform, Platform::Parse(text));
    names.insert(platform.ToString());
  }
  return names;
}

absl::Status NotWanted(std::string_view text, const std::string& reference, const Wanted& wanted) {
  std::vector<std::string> references;
  for (const auto& [name, platforms] : wanted.images) references.push_back(name);
  const std::string nearest = Nearest(reference, references);
  return absl::InvalidArgumentError(absl::StrCat(
      "--upgrade=", text, ": no YAML file names ", reference,
      nearest.empty() ? "; expected a reference that stands in one, as it stands there or in full"
                      : absl::StrCat("; did you mean ", nearest, "?")));
}

absl::StatusOr<std::set<std::string>> ToUpgrade(const Upgrades& upgrades, const Wanted& wanted) {
  std::set<std::string> references;
  for (const std::string& text : upgrades.references) {
    ABSL_ASSIGN_OR_RETURN(const ImageReference parsed, ImageReference::Parse(text));
    const std::string reference = parsed.ToString();
    if (!wanted.images.contains(reference)) return NotWanted(text, reference, wanted);
    references.insert(reference);
  }
  if (upgrades.all) {
    for (const auto& [reference, platforms] : wanted.images) references.insert(reference);
  }
  return references;
}

// The image for these platforms and no others; fewer if it has not all of them.
LockedImage Narrowed(LockedImage image, const PlatformNames& names) {
  std::erase_if(image.platforms,
                [&](const LockedPlatform& platform) { return !names.contains(platform.platform); });
  return image;
}

absl::StatusOr<PinRequest> MakeRequest(const std::string& reference, const PlatformNames& names,
                                       const LockedImage* pinned) {
  PinRequest request = {.reference = reference};
  ABSL_ASSIGN_OR_RETURN(request.object, ImageReference::Parse(reference));
  for (const std::string& name : names) {
    ABSL_ASSIGN_OR_RETURN(request.platforms.emplace_back(), Platform::Parse(name));
  }
  if (pinned != nullptr) request.name = pinned->name;
  return request;
}

}  // namespace

absl::StatusOr<Wanted> WantedOf(std::vector<Skeleton> configs,
                                absl::Span<const std::string> references,
                                absl::Span<const std::string> platforms) {
  ABSL_ASSIGN_OR_RETURN(const PlatformNames names, FullPlatforms(platforms));
  Wanted wanted = {.platforms = {names.begin(), names.end()}, .configs = std::move(configs)};
  std::sort(wanted.configs.begin(), wanted.configs.end(),
            [](const Skeleton& a, const Skeleton& b) { return a.config() < b.config(); });
  for (const Skeleton& config : wanted.configs) AddImages(config, names, wanted);
  for (const std::string& text : references) {
    ABSL_ASSIGN_OR_RETURN(const ImageReference reference, ImageReference::Parse(text));
    wanted.images[reference.ToString()].insert(names.begin(), names.end());
  }
  return wanted;
}

absl::StatusOr<LockPlan> MakeLockPlan(const LockFile& old, const Wanted& wanted,
                                      const Upgrades& upgrades) {
  ABSL_ASSIGN_OR_RETURN(const std::set<std::string> anew, ToUpgrade(upgrades, wanted));
  LockPlan plan = {.kept = {.platforms = wanted.platforms, .configs = wanted.configs}};
  for (const auto& [reference, names] : wanted.images) {
    const LockedImage* const pinned = FindImage(old, reference);
    const bool is_kept = pinned != nullptr && !anew.contains(reference);
    LockedImage image = is_kept ? Narrowed(*pinned, names) : LockedImage();
    if (is_kept && image.platforms.size() == names.size()) {
      plan.kept.images.push_back(std::move(image));
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(PinRequest request, MakeRequest(reference, names, pinned));
    // A further platform of the image that is pinned, not of the one that the tag names by now.
    if (is_kept) request.object = request.object.WithDigest(pinned->digest);
    plan.requests.push_back(std::move(request));
  }
  return plan;
}

LockFile FinishLock(LockFile kept, std::vector<LockedImage> resolved) {
  std::move(resolved.begin(), resolved.end(), std::back_inserter(kept.images));
  std::sort(kept.images.begin(), kept.images.end(),
            [](const LockedImage& a, const LockedImage& b) { return a.reference < b.reference; });
  NameImages(kept.images);
  return kept;
}

const LockedImage* FindImage(const LockFile& lock, const std::string& reference) {
  const auto found =
      std::find_if(lock.images.begin(), lock.images.end(),
                   [&](const LockedImage& image) { return image.reference == reference; });
  return found == lock.images.end() ? nullptr : &*found;
}

}  // namespace linuxkit
