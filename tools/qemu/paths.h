// What a path on the command line is relative to. `bazel run` starts a program in its runfiles, far
// from the directory the user typed the command in; so the rule's paths and the user's have
// different bases.
#ifndef TOOLS_QEMU_PATHS_H_
#define TOOLS_QEMU_PATHS_H_

#include <string>
#include <string_view>

namespace linuxkit {

struct Paths {
  std::string user_dir;  // where the user is; empty: the working directory
  std::string
      runfiles_dir;  // tried when a rule's path is not below the working directory; may be empty
  std::string workspace_dir = {};  // of the `bazel run` that started us; empty: something else did
  std::string exec_root = {};      // in which we were built; empty: unknown

  std::string OfUser(std::string_view path) const;
  // Absolute if the file exists: --dry-run prints it for a shell in another directory.
  std::string OfRule(std::string_view path) const;
};

// From the environment of `bazel run` and the name the program was started by.
Paths PathsOfProgram(std::string_view argv0);

// The directory in which state outlives a run: $XDG_STATE_HOME, else ~/.local/state, else the
// temporary directory, and below it rules_linuxkit/NAME.
std::string DefaultStateDir(std::string_view name);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_PATHS_H_
