// What a lock file must say, and what of it the old one says already.
//
//   const Wanted wanted = *WantedOf(skeletons, {"redis:7"}, {"linux/amd64"});
//   LockPlan plan = *MakeLockPlan(old, wanted, {});
//   // Resolve plan.requests, then:
//   const LockFile lock = FinishLock(std::move(plan.kept), std::move(resolved));
#ifndef TOOLS_LOCK_LOCK_PLAN_H_
#define TOOLS_LOCK_LOCK_PLAN_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/lock/lock_file.h"
#include "tools/oci/platform.h"
#include "tools/oci/reference.h"

namespace linuxkit {

// The platforms that volumes of format oci hold of an image; nothing: all.
using LayoutPlatforms = std::optional<std::set<std::string>>;

struct Wanted {
  // Both sorted.
  std::vector<std::string> platforms;
  std::vector<Skeleton> configs;
  // By reference in full, the platforms to pin it for.
  std::map<std::string, std::set<std::string>> images;
  // Those of them that volumes of format oci hold.
  std::map<std::string, LayoutPlatforms> layouts;
};

// An image that a volume of format oci holds and no YAML file names.
struct LayoutReference {
  // As people write it.
  std::string reference;
  // Empty: all.
  std::vector<std::string> platforms;
};

// `references` are those that no YAML file names, as people write them.
absl::StatusOr<Wanted> WantedOf(std::vector<Skeleton> configs,
                                absl::Span<const std::string> references,
                                absl::Span<const std::string> platforms,
                                absl::Span<const LayoutReference> layouts = {});

// Whether `image` has what volumes of format oci hold of it, and nothing else.
bool HasLayout(const LockedImage& image, const LayoutPlatforms& platforms);

// References to resolve again although they are pinned.
struct Upgrades {
  bool all = false;
  // As people write them.
  std::vector<std::string> references;
};

struct PinRequest {
  // As the lock file says it.
  std::string reference;
  // What to ask for: the reference, or the digest that it is pinned to, to add a platform.
  ImageReference object;
  std::vector<Platform> platforms;
  // Whether the index is asked for, and for which platforms its images; none: all.
  bool has_layout = false;
  std::vector<std::string> layout_platforms;
  // In the old lock file; empty if it is not there.
  std::string name;
};

struct LockPlan {
  // Complete but for the images of `requests`.
  LockFile kept;
  // In the order of references.
  std::vector<PinRequest> requests;
};

// An error if one of `upgrades` is not wanted at all.
absl::StatusOr<LockPlan> MakeLockPlan(const LockFile& old, const Wanted& wanted,
                                      const Upgrades& upgrades);

// Adds the images, sorts and names them.
LockFile FinishLock(LockFile kept, std::vector<LockedImage> resolved);

// The image for `reference`, or null.
const LockedImage* FindImage(const LockFile& lock, const std::string& reference);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_LOCK_PLAN_H_
