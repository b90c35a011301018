#include "tools/lock/lock_flags.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr int kDefaultJobs = 8;
// Registries throttle clients long before.
constexpr int kMaxJobs = 64;

constexpr std::string_view kUsage =
    R"(Writes linuxkit.lock.json: what every image reference of the YAML files means, by digest.

  bazel run @linuxkit//:lock [-- FLAG...]

Without flags: resolves the references that are not pinned yet, keeps the others, and drops those
that nothing uses any more.

  --upgrade            resolves all references again
  --upgrade REF...     resolves these again; as in the YAML or in full
  --check              writes nothing; fails if the lock file is out of date. Needs no network
  --platform=PLATFORM  what to pin for, such as linux/arm64; may be repeated. Default: as in the
                       lock file, else linux/amd64
  --jobs=N             images to resolve at a time; default 8
  --help               prints this
)";

void TakeUpgrades(Args& args, Upgrades& upgrades) {
  for (std::string& value : args.All("upgrade")) {
    if (value == "true") {
      upgrades.all = true;
    } else {
      upgrades.references.push_back(std::move(value));
    }
  }
}

// REFERENCE or REFERENCE=PLATFORM,...; no reference has a "=".
std::vector<LayoutReference> ParseLayouts(const std::vector<std::string>& words) {
  std::vector<LayoutReference> layouts;
  for (const std::string& word : words) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    layouts.push_back({.reference = parts.first,
                       .platforms = absl::StrSplit(parts.second, ',', absl::SkipEmpty())});
  }
  return layouts;
}

}  // namespace

std::vector<std::string> JoinUpgradeWords(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  bool is_upgrade = false;
  for (const std::string& word : words) {
    const bool is_reference = is_upgrade && !absl::StartsWith(word, "-");
    if (is_reference && joined.back() == "--upgrade") joined.pop_back();
    joined.push_back(is_reference ? absl::StrCat("--upgrade=", word) : word);
    is_upgrade = is_reference || word == "--upgrade";
  }
  return joined;
}

absl::StatusOr<LockFlags> ReadLockFlags(Args& args) {
  LockFlags flags;
  flags.help = args.Bool("help");
  if (flags.help) return flags;
  flags.check = args.Bool("check");
  TakeUpgrades(args, flags.upgrades);
  flags.platforms = args.All("platform");
  const int64_t jobs = args.IntOr("jobs", kDefaultJobs);
  flags.lock_file = args.Required("lock_file");
  flags.configs = args.All("config");
  flags.images = args.All("image");
  flags.layouts = ParseLayouts(args.All("layout"));
  flags.workspace = args.OptionalOr("workspace", "");
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (jobs < 1 || jobs > kMaxJobs) {
    return absl::InvalidArgumentError(
        absl::StrCat("--jobs=", jobs, ": expected a number from 1 to ", kMaxJobs));
  }
  flags.jobs = static_cast<int>(jobs);
  if (flags.check && (flags.upgrades.all || !flags.upgrades.references.empty())) {
    return absl::InvalidArgumentError(
        "found --check and --upgrade; expected one of them: --check changes nothing");
  }
  return flags;
}

std::string_view LockUsage() { return kUsage; }

}  // namespace linuxkit
