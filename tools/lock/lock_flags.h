// The command line of `bazel run @linuxkit//:lock`: what the rule says, then what the user says
// behind "--".
#ifndef TOOLS_LOCK_LOCK_FLAGS_H_
#define TOOLS_LOCK_LOCK_FLAGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/lock/lock_plan.h"

namespace linuxkit {

struct LockFlags {
  bool help = false;
  bool check = false;
  Upgrades upgrades;
  std::vector<std::string> platforms;
  int jobs = 0;
  // The rule's: paths are relative to the workspace.
  std::string lock_file;
  std::vector<std::string> configs;
  std::vector<std::string> images;
  std::vector<LayoutReference> layouts;
  // Empty: Bazel says it in the environment.
  std::string workspace;
};

// The words as Args knows them: those without dashes behind a bare "--upgrade" become flags of
// their own, "--upgrade a b" is "--upgrade=a --upgrade=b".
std::vector<std::string> JoinUpgradeWords(const std::vector<std::string>& words);

absl::StatusOr<LockFlags> ReadLockFlags(Args& args);

// What --help prints.
std::string_view LockUsage();

}  // namespace linuxkit

#endif  // TOOLS_LOCK_LOCK_FLAGS_H_
