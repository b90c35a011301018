// What `bazel aquery --output=jsonproto` says of actions that run a program. Its command lines have
// the words of parameter files in place.
#ifndef TESTS_PERF_ACTION_GRAPH_H_
#define TESTS_PERF_ACTION_GRAPH_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Action {
  std::string mnemonic;
  std::string program;  // relative to the execution root, like all paths
  std::vector<std::string> flags;
  std::vector<std::string> outputs;

  // Whether the execution root has all outputs, so that the action has run.
  bool HasRun(const std::string& execution_root) const;
  // The flags with outputs that lie in `directory` instead.
  std::vector<std::string> FlagsWithOutputsIn(const std::string& directory) const;
};

absl::StatusOr<std::vector<Action>> ParseActionGraph(std::string_view json);

}  // namespace linuxkit

#endif  // TESTS_PERF_ACTION_GRAPH_H_
