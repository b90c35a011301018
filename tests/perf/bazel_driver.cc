#include "tests/perf/bazel_driver.h"

#include <filesystem>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tests/perf/action_graph.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using Words = std::vector<std::string>;

constexpr uint64_t kMaxDocument = uint64_t{1} << 30;

}  // namespace

std::string BazelDriver::Scratch(const std::string& name) const {
  return absl::StrCat(options_.scratch, "/", name);
}

Words BazelDriver::Command(const std::string& command, const Words& words) const {
  Words all = {options_.program};
  all.insert(all.end(), options_.startup.begin(), options_.startup.end());
  all.insert(all.end(), {command, "--noshow_progress"});
  if (command != "shutdown") {
    all.insert(all.end(), options_.flags.begin(), options_.flags.end());
  }
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

absl::StatusOr<std::string> BazelDriver::Output(const Words& command) const {
  ABSL_RETURN_IF_ERROR(RunTimed(command, {.directory = options_.workspace,
                                          .output = Scratch("output"),
                                          .errors = Scratch("errors")})
                           .status());
  return ReadFile(Scratch("output"), kMaxDocument);
}

absl::StatusOr<BuildReport> BazelDriver::Build(const Words& words) const {
  Words all = {"--experimental_convenience_symlinks=ignore",
               absl::StrCat("--profile=", Scratch("profile")),
               absl::StrCat("--build_event_json_file=", Scratch("events"))};
  all.insert(all.end(), words.begin(), words.end());
  ABSL_ASSIGN_OR_RETURN(const Cost cost,
                        RunTimed(Command("build", all), {.directory = options_.workspace,
                                                         .output = Scratch("output"),
                                                         .errors = Scratch("errors")}));
  BuildReport report = {.seconds = cost.seconds};
  ABSL_ASSIGN_OR_RETURN(const std::string profile, ReadFile(Scratch("profile"), kMaxDocument));
  ABSL_RETURN_IF_ERROR(AddProfile(profile, report));
  ABSL_ASSIGN_OR_RETURN(const std::string events, ReadFile(Scratch("events"), kMaxDocument));
  ABSL_RETURN_IF_ERROR(AddMetrics(events, report));
  return report;
}

absl::StatusOr<std::string> BazelDriver::Info(const std::string& key) const {
  ABSL_ASSIGN_OR_RETURN(const std::string text, Output(Command("info", {key})));
  return std::string(absl::StripAsciiWhitespace(text));
}

absl::StatusOr<int64_t> BazelDriver::HeapMib() const {
  ABSL_ASSIGN_OR_RETURN(const std::string text, Info("used-heap-size-after-gc"));
  int64_t mib = 0;
  if (!absl::SimpleAtoi(absl::StripSuffix(text, "MB"), &mib)) {
    return absl::DataLossError(absl::StrCat("found the heap size ", text, "; expected NUMBER MB"));
  }
  return mib;
}

absl::StatusOr<std::vector<ActionCost>> BazelDriver::RunActions(const std::string& target,
                                                                const Words& mnemonics) const {
  const std::string query =
      absl::StrCat("mnemonic(\"^(", absl::StrJoin(mnemonics, "|"), ")$\", deps(", target, "))");
  ABSL_ASSIGN_OR_RETURN(const std::string root, Info("execution_root"));
  ABSL_ASSIGN_OR_RETURN(const std::string text,
                        Output(Command("aquery", {"--output=jsonproto", query})));
  ABSL_ASSIGN_OR_RETURN(const std::vector<Action> actions, ParseActionGraph(text));
  std::vector<ActionCost> costs;
  const std::string directory = Scratch("rerun");
  for (const Action& action : actions) {
    // Of an image's two segments the build may have wanted one.
    if (!action.HasRun(root)) continue;
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    const std::string flags = absl::StrJoin(action.FlagsWithOutputsIn(directory), "\n");
    ABSL_RETURN_IF_ERROR(WriteFile(Scratch("flags"), absl::StrCat(flags, "\n")));
    ABSL_ASSIGN_OR_RETURN(const Cost cost,
                          RunTimed({action.program, absl::StrCat("@", Scratch("flags"))},
                                   {.directory = root, .errors = Scratch("errors")}));
    costs.push_back({.mnemonic = action.mnemonic, .cost = cost});
  }
  std::filesystem::remove_all(directory);
  return costs;
}

absl::Status BazelDriver::Shutdown() const {
  return RunTimed(Command("shutdown", {}),
                  {.directory = options_.workspace, .errors = Scratch("shutdown")})
      .status();
}

}  // namespace linuxkit
