// The files of a target, built now: `bazel run //os:myimage_qemu -- --boot=iso` boots an output
// that the runner does not depend on, or else running it would build every output there is. When
// `bazel run` starts a program it has let go of the server, so the program may call Bazel itself.
//
//   BazelBuild build{.program = "bazel", .workspace = "/home/me/ws", .exec_root = paths.exec_root};
//   ABSL_ASSIGN_OR_RETURN(std::vector<std::string> files, BuildOutputs(build,
//   "@@//os:myimage_iso"));
#ifndef TOOLS_QEMU_BAZEL_BUILD_H_
#define TOOLS_QEMU_BAZEL_BUILD_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct BazelBuild {
  std::string program;    // see FindBazel
  std::string workspace;  // where it is started
  std::string exec_root;  // what its output paths are relative to
  std::vector<std::string> flags;
};

// `override_path`, else $BAZEL, else bazel or bazelisk in PATH, else the workspace's bazelw.
absl::StatusOr<std::string> FindBazel(const std::string& override_path,
                                      const std::string& workspace);

// Startup options that lead to the server which built what is in `exec_root`. Bazel tells its
// server these very values, so that they are no reason to restart it.
std::vector<std::string> StartupOptions(std::string_view exec_root);

// Builds `label`, Bazel's own output on standard error, and returns the absolute paths of its
// default outputs.
absl::StatusOr<std::vector<std::string>> BuildOutputs(const BazelBuild& build,
                                                      const std::string& label);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_BAZEL_BUILD_H_
