#include "tools/lock/lock_summary.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/config/skeleton.h"

namespace linuxkit {
namespace {

void AddConfigs(const LockFile& before, const LockFile& after, std::string& out) {
  std::map<std::string, const Skeleton*> old;
  for (const Skeleton& config : before.configs) old[config.config()] = &config;
  for (const Skeleton& config : after.configs) {
    const auto found = old.find(config.config());
    if (found == old.end()) {
      absl::StrAppend(&out, "added ", config.config(), "\n");
      continue;
    }
    const std::vector<std::string> differences = SkeletonDifferences(*found->second, config);
    if (!differences.empty()) {
      absl::StrAppend(&out, "changed ", config.config(), "\n", absl::StrJoin(differences, "\n"),
                      "\n");
    }
    old.erase(found);
  }
  for (const auto& [label, skeleton] : old) absl::StrAppend(&out, "removed ", label, "\n");
}

std::string PlatformsOf(const LockedImage& image) {
  const auto append = [](std::string* out, const LockedPlatform& platform) {
    out->append(platform.platform);
  };
  std::string names = absl::StrJoin(image.platforms, ", ", append);
  if (!image.index) return names;
  return absl::StrCat(names, names.empty() ? "" : "; ", "index with ",
                      absl::StrJoin(image.index->images, ", ", append));
}

// The line of an image; empty if it is as before.
std::string ImageLine(const LockedImage* before, const LockedImage& after) {
  if (before == nullptr) {
    return absl::StrCat("added ", after.reference, " ", after.digest, "\n");
  }
  if (before->digest != after.digest) {
    return absl::StrCat("upgraded ", after.reference, " ", before->digest, " → ", after.digest,
                        "\n");
  }
  const std::string platforms = PlatformsOf(after);
  if (PlatformsOf(*before) == platforms) return "";
  return absl::StrCat("changed ", after.reference, " to ", platforms, "\n");
}

}  // namespace

std::string LockSummary(const LockFile& before, const LockFile& after) {
  std::string out;
  AddConfigs(before, after, out);
  std::map<std::string, const LockedImage*> old;
  for (const LockedImage& image : before.images) old[image.reference] = &image;
  size_t kept = 0;
  for (const LockedImage& image : after.images) {
    const auto found = old.find(image.reference);
    const std::string line = ImageLine(found == old.end() ? nullptr : found->second, image);
    absl::StrAppend(&out, line);
    if (line.empty()) ++kept;
    if (found != old.end()) old.erase(found);
  }
  for (const auto& [reference, image] : old) absl::StrAppend(&out, "removed ", reference, "\n");
  absl::StrAppend(&out, "kept ", kept, kept == 1 ? " image\n" : " images\n");
  return out;
}

}  // namespace linuxkit
