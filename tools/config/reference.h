// What `image` and `source` may name: images of registries, targets of Bazel, packages of LinuxKit,
// files of this machine.
//
//   redis:7               docker.io/library/redis:7, by LinuxKit's rules
//   :web, //os:web, @r//x a target; relative to the package of the YAML file
//   @pkg:../pkg/init      the LinuxKit package in that directory; relative to the YAML file
#ifndef TOOLS_CONFIG_REFERENCE_H_
#define TOOLS_CONFIG_REFERENCE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// How LinuxKit writes a reference to one of its packages.
inline constexpr std::string_view kPackagePrefix = "@pkg:";

struct ImageName {
  enum class Kind { kReference, kLabel, kPackage };
  Kind kind;
  // The reference expanded, the label with its package, or the package's directory in the
  // workspace.
  std::string text;
};

// `package` is the YAML file's, as in a label: "//os", "//", "@@repo//os".
absl::StatusOr<ImageName> ParseImageName(std::string_view text, std::string_view package);

// Whether an image's name is a registry's reference, rather than a target or a package.
bool IsReference(std::string_view text);

struct SourceName {
  enum class Kind { kLabel, kHost };
  Kind kind;
  // The label with its package ("//os:keys/id.pub" also for the path keys/id.pub), or the path as
  // given: "/etc/hosts", "~/.ssh/id.pub".
  std::string text;
};

absl::StatusOr<SourceName> ParseSourceName(std::string_view text, std::string_view package);

// A registry's reference as LinuxKit expands it: docker.io where no host stands, library/ where no
// organisation stands; no tag is added.
absl::StatusOr<std::string> ExpandReference(std::string_view text);

// "//os" for "//os:myimage.yml"; "//" for "".
std::string_view PackageOf(std::string_view label);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_REFERENCE_H_
