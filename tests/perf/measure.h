// What benchmarks of action binaries share: a directory for their files, and the table of results.
//
//   ABSL_ASSIGN_OR_RETURN(const Cost cost, RunTimed({"cp", "a", "b"}));
//   PrintRow("copy", cost, limit);
#ifndef TESTS_PERF_MEASURE_H_
#define TESTS_PERF_MEASURE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/perf/timed_process.h"
#include "tools/base/args.h"

namespace linuxkit {

using Words = std::vector<std::string>;

// The --tool=NAME=PATH flags.
std::map<std::string, std::string> ToolFlags(Args& args);

// A new directory below $TEST_TMPDIR or /tmp, which goes with the object.
class ScratchDirectory {
 public:
  static absl::StatusOr<std::unique_ptr<ScratchDirectory>> Create(std::string_view name);
  ~ScratchDirectory();
  const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// A table of what we take and what the limit takes: seconds, their ratio, that of processor time,
// and our memory.
void PrintHead(std::string_view subject);
void PrintRow(std::string_view name, const Cost& ours, const Cost& limit);

}  // namespace linuxkit

#endif  // TESTS_PERF_MEASURE_H_
