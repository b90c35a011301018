// The name of an image in a registry, as people write it, and its full form.
//
//   redis:7                    docker.io/library/redis:7
//   linuxkit/init:v1           docker.io/linuxkit/init:v1
//   localhost/app              localhost/app
//   host:5000/a/b:1@sha256:…   unchanged
//   a/b/c:1                    unchanged; Docker Hub's repository a/b/c
//
// The expansion is LinuxKit's; no default tag is added to the text.
#ifndef TOOLS_OCI_REFERENCE_H_
#define TOOLS_OCI_REFERENCE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// The host that names without a host belong to.
inline constexpr std::string_view kDefaultHost = "docker.io";

struct ImageReference {
  // "docker.io/library/redis": everything before tag and digest.
  std::string name;
  // Both may be empty.
  std::string tag;
  // "sha256:" and 64 hex digits.
  std::string digest;

  static absl::StatusOr<ImageReference> Parse(std::string_view text);
  // The full form. Parsing it again gives the same.
  std::string ToString() const;

  // "docker.io", "host:5000". All names of Docker Hub give "docker.io".
  std::string Host() const;
  // The repository on that host: "library/redis".
  std::string Repository() const;
  // What a registry is asked for: the digest, else the tag, else "latest".
  std::string Object() const;
  // The same name with this digest and no tag.
  ImageReference WithDigest(std::string_view new_digest) const;

  bool operator==(const ImageReference&) const = default;
};

}  // namespace linuxkit

#endif  // TOOLS_OCI_REFERENCE_H_
