#include "tools/lock/update_lock.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/config/skeleton.h"
#include "tools/lock/lock_check.h"
#include "tools/lock/lock_file.h"
#include "tools/lock/lock_summary.h"
#include "tools/lock/resolve_pins.h"
#include "tools/lock/resolve_progress.h"

namespace linuxkit {
namespace {

constexpr char kDefaultPlatform[] = "linux/amd64";

struct OldLock {
  // Nothing if there is no file.
  std::optional<std::string> text;
  LockFile lock;
};

absl::StatusOr<OldLock> ReadOldLock(const std::string& path) {
  OldLock old;
  absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return old;
  ABSL_RETURN_IF_ERROR(text.status());
  ABSL_ASSIGN_OR_RETURN(old.lock, ParseLockFile(path, *text));
  old.text = *std::move(text);
  return old;
}

absl::StatusOr<std::vector<Skeleton>> ReadSkeletons(const std::vector<ConfigFile>& files) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Config> configs, ParseSeparateConfigs(files));
  std::vector<Skeleton> skeletons;
  for (size_t i = 0; i < files.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(skeletons.emplace_back(), MakeSkeleton(configs[i], files[i].label));
  }
  return skeletons;
}

absl::StatusOr<Wanted> ReadWanted(const LockOptions& options, const LockFile& old) {
  ABSL_ASSIGN_OR_RETURN(std::vector<Skeleton> skeletons, ReadSkeletons(options.configs));
  std::vector<std::string> platforms = options.platforms;
  if (platforms.empty()) platforms = old.platforms;
  if (platforms.empty()) platforms = {kDefaultPlatform};
  return WantedOf(std::move(skeletons), options.images, platforms, options.layouts);
}

absl::StatusOr<std::vector<LockedImage>> Resolve(const std::vector<PinRequest>& requests,
                                                 const LockOptions& options,
                                                 const ClientOptions& network) {
  if (requests.empty()) return std::vector<LockedImage>();
  ABSL_ASSIGN_OR_RETURN(const auto client, RegistryClient::Create(network));
  ResolveProgress progress(options.log, options.log_is_terminal, requests.size());
  return ResolvePins(*client, requests, options.jobs, progress);
}

}  // namespace

absl::StatusOr<std::string> UpdateLock(const LockOptions& options, const ClientOptions& network) {
  ABSL_ASSIGN_OR_RETURN(const OldLock old, ReadOldLock(options.lock_file));
  ABSL_ASSIGN_OR_RETURN(const Wanted wanted, ReadWanted(options, old.lock));
  ABSL_ASSIGN_OR_RETURN(LockPlan plan, MakeLockPlan(old.lock, wanted, options.upgrades));
  ABSL_ASSIGN_OR_RETURN(std::vector<LockedImage> resolved,
                        Resolve(plan.requests, options, network));
  const LockFile lock = FinishLock(std::move(plan.kept), std::move(resolved));
  const std::string text = LockFileText(lock);
  const std::string summary = LockSummary(old.lock, lock);
  // A file that is not touched makes Bazel load nothing again.
  if (text == old.text) return absl::StrCat(summary, options.lock_file, " is up to date\n");
  ABSL_RETURN_IF_ERROR(WriteFile(options.lock_file, text));
  return absl::StrCat(summary, "wrote ", options.lock_file, "\n");
}

absl::Status CheckLockFile(const LockOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const OldLock old, ReadOldLock(options.lock_file));
  if (!old.text) {
    return absl::NotFoundError(
        absl::StrCat(options.lock_file, ": there is no such file; to write it: ", kLockCommand));
  }
  ABSL_ASSIGN_OR_RETURN(const Wanted wanted, ReadWanted(options, old.lock));
  return CheckLock(options.lock_file, *old.text, old.lock, wanted);
}

}  // namespace linuxkit
