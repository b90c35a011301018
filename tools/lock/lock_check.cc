#include "tools/lock/lock_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/config/skeleton.h"

namespace linuxkit {
namespace {

const Skeleton* FindConfig(const std::vector<Skeleton>& configs, const std::string& label) {
  const auto found = std::find_if(configs.begin(), configs.end(),
                                  [&](const Skeleton& config) { return config.config() == label; });
  return found == configs.end() ? nullptr : &*found;
}

void AddConfigs(const LockFile& lock, const Wanted& wanted, std::vector<std::string>& lines) {
  for (const Skeleton& config : wanted.configs) {
    const Skeleton* const locked = FindConfig(lock.configs, config.config());
    if (locked == nullptr) {
      lines.push_back(absl::StrCat(config.config(), ": not in the lock file"));
      continue;
    }
    const std::vector<std::string> differences = SkeletonDifferences(*locked, config);
    if (differences.empty()) continue;
    lines.push_back(absl::StrCat(config.config(), ": sections, names or images have changed:\n  ",
                                 absl::StrJoin(differences, "\n  ")));
  }
  for (const Skeleton& config : lock.configs) {
    if (FindConfig(wanted.configs, config.config()) != nullptr) continue;
    lines.push_back(absl::StrCat(config.config(), ": in the lock file, and no linuxkit.config"));
  }
}

void AddImage(const std::string& reference, const std::set<std::string>& names,
              const LockedImage* pinned, std::vector<std::string>& lines) {
  if (pinned == nullptr) {
    lines.push_back(absl::StrCat(reference, ": not pinned"));
    return;
  }
  std::set<std::string> surplus, missing = names;
  for (const LockedPlatform& platform : pinned->platforms) {
    if (missing.erase(platform.platform) == 0) surplus.insert(platform.platform);
  }
  if (!missing.empty()) {
    lines.push_back(absl::StrCat(reference, ": not pinned for ", absl::StrJoin(missing, ", ")));
  }
  if (!surplus.empty()) {
    lines.push_back(
        absl::StrCat(reference, ": pinned for ", absl::StrJoin(surplus, ", "), " without need"));
  }
}

void AddLayout(const Wanted& wanted, const std::string& reference, const LockedImage* pinned,
               std::vector<std::string>& lines) {
  const auto layout = wanted.layouts.find(reference);
  if (pinned == nullptr) return;
  if (layout == wanted.layouts.end()) {
    if (!pinned->index) return;
    lines.push_back(absl::StrCat(reference, ": index pinned without need"));
  } else if (!HasLayout(*pinned, layout->second)) {
    lines.push_back(
        absl::StrCat(reference, ": index not pinned for ",
                     layout->second ? absl::StrJoin(*layout->second, ", ") : "all its platforms"));
  }
}

void AddImages(const LockFile& lock, const Wanted& wanted, std::vector<std::string>& lines) {
  for (const auto& [reference, names] : wanted.images) {
    const LockedImage* const pinned = FindImage(lock, reference);
    AddImage(reference, names, pinned, lines);
    AddLayout(wanted, reference, pinned, lines);
  }
  for (const LockedImage& image : lock.images) {
    if (wanted.images.contains(image.reference)) continue;
    lines.push_back(absl::StrCat(image.reference, ": pinned, but nothing uses it"));
  }
}

std::vector<std::string_view> Lines(std::string_view text) {
  return absl::StrSplit(absl::StripSuffix(text, "\n"), '\n');
}

std::string Shown(const std::vector<std::string_view>& lines, size_t index) {
  if (index >= lines.size()) return "the end of the file";
  return absl::StrCat("\"", absl::Utf8SafeCEscape(absl::StripAsciiWhitespace(lines[index])), "\"");
}

// "line 3: found …; expected …" for the first line of two texts that differs.
std::string FirstDifference(std::string_view found, std::string_view expected) {
  const std::vector<std::string_view> found_lines = Lines(found);
  const std::vector<std::string_view> expected_lines = Lines(expected);
  const auto ends = std::mismatch(found_lines.begin(), found_lines.end(), expected_lines.begin(),
                                  expected_lines.end());
  const size_t index = static_cast<size_t>(ends.first - found_lines.begin());
  if (found_lines == expected_lines) {
    return absl::StrCat("line ", index, ": found no line break; expected one");
  }
  return absl::StrCat("line ", index + 1, ": found ", Shown(found_lines, index), "; expected ",
                      Shown(expected_lines, index));
}

// Platforms that only the command line knows are asked for there again.
std::string CommandFor(const LockFile& lock, const Wanted& wanted) {
  std::string command(kLockCommand);
  if (lock.platforms == wanted.platforms) return command;
  absl::StrAppend(&command, " --");
  for (const std::string& platform : wanted.platforms) {
    absl::StrAppend(&command, " --platform=", platform);
  }
  return command;
}

}  // namespace

absl::Status CheckLock(std::string_view path, std::string_view text, const LockFile& lock,
                       const Wanted& wanted) {
  std::vector<std::string> lines;
  if (lock.platforms != wanted.platforms) {
    lines.push_back(absl::StrCat("platforms: found ", absl::StrJoin(lock.platforms, ", "),
                                 "; expected ", absl::StrJoin(wanted.platforms, ", ")));
  }
  AddConfigs(lock, wanted, lines);
  AddImages(lock, wanted, lines);
  if (lines.empty()) {
    ABSL_ASSIGN_OR_RETURN(const LockPlan plan, MakeLockPlan(lock, wanted, {}));
    const std::string expected = LockFileText(FinishLock(plan.kept, {}));
    if (expected == text) return absl::OkStatus();
    lines.push_back(absl::StrCat("the text is not as the command writes it, ",
                                 FirstDifference(text, expected)));
  }
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is out of date:\n  ", absl::StrJoin(lines, "\n  "),
                   "\nTo bring it up to date: ", CommandFor(lock, wanted)));
}

}  // namespace linuxkit
