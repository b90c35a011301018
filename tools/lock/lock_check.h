// `--check`: whether the lock file is what a run would leave, without a run.
#ifndef TOOLS_LOCK_LOCK_CHECK_H_
#define TOOLS_LOCK_LOCK_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "tools/lock/lock_file.h"
#include "tools/lock/lock_plan.h"

namespace linuxkit {

// `text` is the lock file, `lock` what it says. One error with all differences, a line each, and
// the command that ends them.
absl::Status CheckLock(std::string_view path, std::string_view text, const LockFile& lock,
                       const Wanted& wanted);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_LOCK_CHECK_H_
