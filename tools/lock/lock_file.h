// linuxkit.lock.json: which digests the image references of the YAML files mean, and what Bazel
// must know of those files before it reads them. docs/lock.md describes it for users, rules/ reads
// it.
//
// The text is for reviewers: one descriptor a line, everything sorted. Reading it and writing it
// again gives the same bytes.
//
//   ABSL_ASSIGN_OR_RETURN(const LockFile lock, ParseLockFile("linuxkit.lock.json", text));
//   LockFileText(lock) == text
#ifndef TOOLS_LOCK_LOCK_FILE_H_
#define TOOLS_LOCK_LOCK_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/config/skeleton.pb.h"
#include "tools/oci/documents.h"

namespace linuxkit {

// The command that writes the lock file, as messages say it.
inline constexpr std::string_view kLockCommand = "bazel run @linuxkit//:lock";

struct LockedPlatform {
  // "linux/amd64".
  std::string platform;
  OciDescriptor manifest;
  // The documents, byte for byte as the registry has them.
  std::string manifest_json;
  std::string config_json;
  // What `manifest_json` says: the descriptors of configuration and layers.
  ImageManifest content;
};

// What volumes of format oci hold of an image.
struct LockedIndex {
  // Byte for byte.
  std::string json;
  // In the index's order; the platforms are those that it says.
  std::vector<LockedPlatform> images;
};

struct LockedImage {
  // Of the target @linuxkit//image:NAME.
  std::string name;
  // In full: "docker.io/linuxkit/init:v1".
  std::string reference;
  // What the reference names: an index, or a manifest for one platform.
  std::string digest;
  std::string media_type;
  // Sorted by platform.
  std::vector<LockedPlatform> platforms;
  // Stands if a volume of format oci has the image.
  std::optional<LockedIndex> index;
};

struct LockFile {
  // Those that every image is pinned for; sorted.
  std::vector<std::string> platforms;
  // One for each YAML file, sorted by label.
  std::vector<Skeleton> configs;
  // Sorted by reference.
  std::vector<LockedImage> images;
};

// `path` stands in errors. Documents that do not have their digest are refused.
absl::StatusOr<LockFile> ParseLockFile(std::string_view path, std::string_view text);

std::string LockFileText(const LockFile& lock);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_LOCK_FILE_H_
