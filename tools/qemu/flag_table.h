// Command lines described by a table: one row a flag, with its help line and what it does. Parsing,
// `--help` and the "did you mean" of an unknown flag all read the same rows, so they cannot
// disagree.
//
//   const Flag flags[] = {{"cpus", "N", "virtual CPUs (default 1)", [&](const FlagUse& use) { ...
//   }}}; ABSL_RETURN_IF_ERROR(ApplyFlags(flags, words));
#ifndef TOOLS_QEMU_FLAG_TABLE_H_
#define TOOLS_QEMU_FLAG_TABLE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace linuxkit {

struct FlagWord {
  std::string text;
  bool from_rule = false;  // of the rule's params file, not typed by the user
};

struct FlagUse {
  std::string value;  // "true" or "false" for a switch
  bool from_rule = false;
};

struct Flag {
  std::string_view name;   // without the dashes
  std::string_view value;  // what stands for the value in --help; empty for a switch
  std::string_view help;
  std::function<absl::Status(const FlagUse&)> apply;
};

// Calls `apply` for each flag in order. Accepts `--flag value` and `--flag=value`, `--switch` and
// `--switch=false`.
absl::Status ApplyFlags(absl::Span<const Flag> flags, const std::vector<FlagWord>& words);

// One line a flag.
std::string FlagHelp(absl::Span<const Flag> flags);

// What a rule wrote (tools/base/param_file.h), as words of the rule.
absl::StatusOr<std::vector<FlagWord>> ReadParamsFile(const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FLAG_TABLE_H_
