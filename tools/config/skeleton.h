// The skeleton of a YAML file (skeleton.proto): taken from it, written, read and compared.
//
// The JSON form is for people who review a lock file and for json.decode in Starlark: two levels
// are spread out, each entry is one line.
//
//   {
//     "config": "//os:myimage.yml",
//     "services": [
//       {"name": "web", "image": {"text": "nginx:1", "reference": "docker.io/library/nginx:1"}}
//     ]
//   }
#ifndef TOOLS_CONFIG_SKELETON_H_
#define TOOLS_CONFIG_SKELETON_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/config/skeleton.pb.h"
#include "tools/spec/problems.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// `label` is the YAML file's, "//os:myimage.yml".
absl::StatusOr<Skeleton> MakeSkeleton(const Config& config, std::string_view label);

// For a Skeleton; ends with a newline.
std::string SkeletonJson(const Skeleton& skeleton);

absl::StatusOr<Skeletons> ParseSkeletons(std::string_view json, const DocumentSource& source);

// What differs, a line each: "  + services: name \"web\", image \"nginx:1\"" is in `actual` alone,
// "  - …" in `locked` alone, "  ~ services: in another order" if nothing else is. Nothing if both
// say the same.
std::vector<std::string> SkeletonDifferences(const Skeleton& locked, const Skeleton& actual);

// An error that names `path` and lists what differs unless both say the same.
absl::Status CheckSkeleton(std::string_view path, const Skeleton& locked, const Skeleton& actual);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_SKELETON_H_
