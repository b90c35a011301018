// Drives a workspace with Bazel and tells what each build did: how long its user waited, which of
// our actions ran, how long their programs took, and how much was analyzed.
//
//   const BazelDriver bazel({.program = "/checkout/bazelw", .workspace = "/tmp/w", .scratch =
//   "/tmp/s"}); absl::StatusOr<BuildReport> report = bazel.Build({"//:system"});
#ifndef TESTS_PERF_BAZEL_DRIVER_H_
#define TESTS_PERF_BAZEL_DRIVER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/perf/build_report.h"
#include "tests/perf/timed_process.h"

namespace linuxkit {

// What one action needs when nothing but its program runs.
struct ActionCost {
  std::string mnemonic;
  Cost cost;
};

struct BazelOptions {
  std::string program;  // bazel or bazelw
  std::string workspace;
  std::string scratch;  // for logs and outputs; must exist
  std::vector<std::string> startup;
  std::vector<std::string> flags;  // of each command that analyzes
};

class BazelDriver {
 public:
  explicit BazelDriver(BazelOptions options) : options_(std::move(options)) {}

  absl::StatusOr<BuildReport> Build(const std::vector<std::string>& words) const;
  // `bazel info KEY`.
  absl::StatusOr<std::string> Info(const std::string& key) const;
  // MiB that the server holds once garbage is collected.
  absl::StatusOr<int64_t> HeapMib() const;
  // Runs the programs of those actions below a target again, outside of Bazel, that have run and
  // have one of these mnemonics. What they write goes to the scratch directory.
  absl::StatusOr<std::vector<ActionCost>> RunActions(
      const std::string& target, const std::vector<std::string>& mnemonics) const;
  absl::Status Shutdown() const;

 private:
  std::vector<std::string> Command(const std::string& command,
                                   const std::vector<std::string>& words) const;
  absl::StatusOr<std::string> Output(const std::vector<std::string>& command) const;
  std::string Scratch(const std::string& name) const;

  BazelOptions options_;
};

}  // namespace linuxkit

#endif  // TESTS_PERF_BAZEL_DRIVER_H_
