// The command line of an action binary: `--name=value` words, from the command line itself or from
// a parameter file.
//
// Bazel hands over all words through a parameter file, `@path` (param_file.h). A flag may be
// repeated and order is kept. Unknown flags, missing ones and positional words are errors, so that
// a rule and its tool cannot drift apart.
//
//   absl::StatusOr<Args> args = Args::Parse(argc, argv);
//   std::string out = args->Required("output");
//   std::vector<std::string> layers = args->All("layer");
//   ABSL_RETURN_IF_ERROR(args->Finish());
#ifndef TOOLS_BASE_ARGS_H_
#define TOOLS_BASE_ARGS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

class Args {
 public:
  static absl::StatusOr<Args> Parse(int argc, const char* const* argv);

  // The flag's value; the last one wins. `Required` notes a missing flag as an error for `Finish`.
  std::string Required(std::string_view name);
  std::optional<std::string> Optional(std::string_view name);
  std::string OptionalOr(std::string_view name, std::string_view fallback);
  // True for `--name=true`, `--name=1` and a bare `--name`.
  bool Bool(std::string_view name, bool fallback = false);
  int64_t IntOr(std::string_view name, int64_t fallback);
  // All values of a repeated flag in order.
  std::vector<std::string> All(std::string_view name);

  // The first problem met: a missing or malformed flag, or one that no call above asked for.
  absl::Status Finish() const;

 private:
  struct Flag {
    std::string name;
    std::string value;
    bool used = false;
  };
  absl::Status AddWord(std::string_view word);
  absl::Status AddFile(const std::string& path);
  void Fail(std::string message);

  std::vector<Flag> flags_;
  absl::Status status_;
};

// The body of every action binary's main: parses, runs, prints one error line `PROGRAM: MESSAGE`
// and returns 0 or 1.
int RunMain(int argc, const char* const* argv, std::string_view program,
            const std::function<absl::Status(Args&)>& run);

}  // namespace linuxkit

#endif  // TOOLS_BASE_ARGS_H_
