#include "tools/lock/lock_plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/lock/image_names.h"
#include "tools/oci/documents.h"
#include "tools/oci/select_images.h"
#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

using PlatformNames = std::set<std::string>;

// Wants the image of a volume of format oci. It need not exist for the platforms of the system.
template <typename Strings>
void AddLayout(const std::string& reference, const Strings& platforms, Wanted& wanted) {
  wanted.images[reference];
  const auto [entry, is_new] = wanted.layouts.try_emplace(reference, PlatformNames());
  if (platforms.empty()) entry->second.reset();
  if (entry->second) entry->second->insert(platforms.begin(), platforms.end());
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
    if (entry.format() != "oci") {
      add(entry.image(), platforms);
    } else if (!entry.image().reference().empty()) {
      AddLayout(entry.image().reference(), entry.platforms(), wanted);
    }
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

std::vector<std::string> LayoutFilter(const LayoutPlatforms& platforms) {
  return platforms ? std::vector<std::string>(platforms->begin(), platforms->end())
                   : std::vector<std::string>();
}

// The digests of the manifests that the image's index has for `platforms`. Nothing if it has no
// index, or not all of these platforms.
std::optional<std::vector<std::string>> LayoutDigests(const LockedImage& image,
                                                      const LayoutPlatforms& platforms) {
  if (!image.index) return std::nullopt;
  const absl::StatusOr<ImageIndex> index = ParseIndex(image.reference, image.index->json);
  if (!index.ok()) return std::nullopt;
  const auto entries = SelectImages(image.reference, *index, LayoutFilter(platforms));
  if (!entries.ok()) return std::nullopt;
  std::vector<std::string> digests;
  for (const OciDescriptor& entry : *entries) digests.push_back(entry.digest);
  return digests;
}

// Drops what `layout` (null: nothing) does not need.
void NarrowIndex(LockedImage& image, const LayoutPlatforms* layout) {
  if (layout == nullptr) image.index.reset();
  if (!image.index) return;
  const auto digests = LayoutDigests(image, *layout);
  if (!digests) return;
  std::erase_if(image.index->images, [&](const LockedPlatform& platform) {
    return std::find(digests->begin(), digests->end(), platform.manifest.digest) == digests->end();
  });
}

// The image for these platforms and no others; fewer if it has not all of them.
LockedImage Narrowed(LockedImage image, const PlatformNames& names, const LayoutPlatforms* layout) {
  std::erase_if(image.platforms,
                [&](const LockedPlatform& platform) { return !names.contains(platform.platform); });
  NarrowIndex(image, layout);
  return image;
}

const LayoutPlatforms* FindLayout(const Wanted& wanted, const std::string& reference) {
  const auto found = wanted.layouts.find(reference);
  return found == wanted.layouts.end() ? nullptr : &found->second;
}

absl::StatusOr<PinRequest> MakeRequest(const std::string& reference, const PlatformNames& names,
                                       const LayoutPlatforms* layout, const LockedImage* pinned) {
  PinRequest request = {.reference = reference, .has_layout = layout != nullptr};
  if (layout != nullptr) request.layout_platforms = LayoutFilter(*layout);
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
                                absl::Span<const std::string> platforms,
                                absl::Span<const LayoutReference> layouts) {
  ABSL_ASSIGN_OR_RETURN(const PlatformNames names, FullPlatforms(platforms));
  Wanted wanted = {.platforms = {names.begin(), names.end()}, .configs = std::move(configs)};
  std::sort(wanted.configs.begin(), wanted.configs.end(),
            [](const Skeleton& a, const Skeleton& b) { return a.config() < b.config(); });
  for (const Skeleton& config : wanted.configs) AddImages(config, names, wanted);
  for (const std::string& text : references) {
    ABSL_ASSIGN_OR_RETURN(const ImageReference reference, ImageReference::Parse(text));
    wanted.images[reference.ToString()].insert(names.begin(), names.end());
  }
  for (const LayoutReference& layout : layouts) {
    ABSL_ASSIGN_OR_RETURN(const ImageReference reference, ImageReference::Parse(layout.reference));
    ABSL_RETURN_IF_ERROR(FullPlatforms(layout.platforms).status());
    AddLayout(reference.ToString(), layout.platforms, wanted);
  }
  return wanted;
}

bool HasLayout(const LockedImage& image, const LayoutPlatforms& platforms) {
  std::optional<std::vector<std::string>> wanted = LayoutDigests(image, platforms);
  if (!wanted) return false;
  std::vector<std::string> found;
  for (const LockedPlatform& locked : image.index->images) found.push_back(locked.manifest.digest);
  return found == *wanted;
}

absl::StatusOr<LockPlan> MakeLockPlan(const LockFile& old, const Wanted& wanted,
                                      const Upgrades& upgrades) {
  ABSL_ASSIGN_OR_RETURN(const std::set<std::string> anew, ToUpgrade(upgrades, wanted));
  LockPlan plan = {.kept = {.platforms = wanted.platforms, .configs = wanted.configs}};
  for (const auto& [reference, names] : wanted.images) {
    const LockedImage* const pinned = FindImage(old, reference);
    const bool is_kept = pinned != nullptr && !anew.contains(reference);
    const LayoutPlatforms* const layout = FindLayout(wanted, reference);
    LockedImage image = is_kept ? Narrowed(*pinned, names, layout) : LockedImage();
    const bool has_layout = layout == nullptr || HasLayout(image, *layout);
    if (is_kept && image.platforms.size() == names.size() && has_layout) {
      plan.kept.images.push_back(std::move(image));
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(PinRequest request, MakeRequest(reference, names, layout, pinned));
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
