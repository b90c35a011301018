// What a build did, as Bazel's own documents tell it.
//
//   BuildReport report = {.seconds = 0.8};
//   absl::Status status = AddProfile(profile, report);  // of --profile
//   status = AddMetrics(events, report);                // of --build_event_json_file
#ifndef TESTS_PERF_BUILD_REPORT_H_
#define TESTS_PERF_BUILD_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace linuxkit {

// "Ours" are the actions whose mnemonic begins with Linuxkit.
struct BuildReport {
  double seconds = 0;              // of the command
  double program_seconds = 0;      // of our actions' programs, one after the other
  double action_seconds = 0;       // the same with what Bazel does before and after a program
  std::map<std::string, int> ran;  // ours, by mnemonic
  int others_ran = 0;              // actions that are not ours and ran a program
  int from_cache = 0;              // actions of ours that a disk or remote cache had
  int64_t actions = 0;             // that the analysis declared
  int64_t targets = 0;             // that were configured, aspects included
  double analysis_seconds = 0;

  // "1 Bundle, 1 Spec and 2 not ours; 3 from the cache", or "none".
  std::string Ran() const;
};

// Adds which actions ran and for how long.
absl::Status AddProfile(std::string_view json, BuildReport& report);
// Adds how much was analyzed. `events` has one JSON object a line.
absl::Status AddMetrics(std::string_view events, BuildReport& report);

}  // namespace linuxkit

#endif  // TESTS_PERF_BUILD_REPORT_H_
