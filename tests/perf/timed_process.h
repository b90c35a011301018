// Runs programs and tells what they cost.
//
//   absl::StatusOr<Cost> cost = RunTimed({"cp", "a", "b"});
#ifndef TESTS_PERF_TIMED_PROCESS_H_
#define TESTS_PERF_TIMED_PROCESS_H_

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Cost {
  // From start to end.
  double seconds = std::numeric_limits<double>::max();
  // Of all its threads, in the kernel too.
  double cpu_seconds = std::numeric_limits<double>::max();
  // The most memory that one process held.
  long rss_kib = 0;

  // Of several runs: the fastest, with the memory of the largest.
  void TakeBetter(const Cost& other) {
    seconds = std::min(seconds, other.seconds);
    cpu_seconds = std::min(cpu_seconds, other.cpu_seconds);
    rss_kib = std::max(rss_kib, other.rss_kib);
  }
};

struct RunOptions {
  std::string directory;  // empty: ours
  std::string output;     // file for standard output; empty: ours
  std::string errors;     // file for standard error; empty: ours
};

// Fails unless the program, a path or a name to be looked up in PATH, ends with status 0.
absl::StatusOr<Cost> RunTimed(const std::vector<std::string>& words,
                              const RunOptions& options = {});

}  // namespace linuxkit

#endif  // TESTS_PERF_TIMED_PROCESS_H_
