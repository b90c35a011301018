// The whole job: YAML files and the old lock file in, the new lock file out.
#ifndef TOOLS_LOCK_UPDATE_LOCK_H_
#define TOOLS_LOCK_UPDATE_LOCK_H_

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/config/config.h"
#include "tools/lock/lock_plan.h"
#include "tools/registry/client.h"

namespace linuxkit {

struct LockOptions {
  std::string lock_file;
  std::vector<ConfigFile> configs;
  // Images that no YAML file names, as people write them.
  std::vector<std::string> images;
  // Those of them that volumes of format oci hold.
  std::vector<LayoutReference> layouts = {};
  // Empty: those of the old lock file, else linux/amd64.
  std::vector<std::string> platforms;
  Upgrades upgrades;
  int jobs = 8;
  // For the progress.
  std::FILE* log = nullptr;
  bool log_is_terminal = false;
};

// Writes the lock file unless it is up to date, whole or not at all, and says what changed. The
// network is used only for what the old one does not pin.
absl::StatusOr<std::string> UpdateLock(const LockOptions& options, const ClientOptions& network);

// An error unless the lock file is up to date; writes nothing and needs no network.
absl::Status CheckLockFile(const LockOptions& options);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_UPDATE_LOCK_H_
