#include "tools/bundle/process_check.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tools/spec/container_checks.h"
#include "tools/spec/entry.h"

namespace linuxkit {
namespace {

std::string Origin(bool of_entry, bool of_label) {
  if (of_entry) return "the entry";
  if (of_label) return absl::StrCat("the image's label ", kConfigLabel);
  return "the image's configuration";
}

absl::Status CheckCommand(const Container& merged, const std::string& origin) {
  const auto& words = merged.command().values();
  if (!words.empty() && !words[0].empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(words.empty() ? "found no command in " : "found an empty program name in ",
                   origin, "; set command in the entry to the program and its arguments"));
}

absl::Status With(const absl::Status& status, std::string_view key, const std::string& origin) {
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(status.message(), ". It stands in ", origin, "; ",
                                                 key, " in the entry replaces it"));
}

}  // namespace

absl::Status CheckProcess(const Container& entry, const Container& label, const Container& merged) {
  absl::Status status = CheckCommand(merged, Origin(entry.has_command(), label.has_command()));
  status.Update(With(CheckWorkingDirectory(merged.cwd()), "cwd",
                     Origin(!entry.cwd().empty(), !label.cwd().empty())));
  for (const std::string& variable : merged.env().values()) {
    status.Update(With(CheckVariable(variable), "env", Origin(entry.has_env(), label.has_env())));
  }
  return status;
}

}  // namespace linuxkit
