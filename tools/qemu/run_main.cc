// Boots a LinuxKit image in QEMU; what is behind `bazel run //os:myimage_qemu -- FLAGS`.
//
// The image's own flags come from a params file (tools/base/param_file.h): the first argument
// `@FILE`, or else the file PROGRAM.params beside the name we were started by. So a rule needs no
// wrapper script: it links this program to its output's name and writes the file.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/qemu/flag_table.h"
#include "tools/qemu/paths.h"
#include "tools/qemu/run_image.h"
#include "tools/qemu/run_options.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::vector<FlagWord>> AllWords(const std::vector<std::string>& args) {
  std::vector<FlagWord> words;
  size_t next = 1;
  std::string params = absl::StrCat(args[0], ".params");
  std::error_code error;
  if (args.size() > 1 && args[1].starts_with('@')) {
    params = args[next++].substr(1);
  } else if (!std::filesystem::exists(params, error)) {
    params.clear();
  }
  if (!params.empty()) {
    ABSL_ASSIGN_OR_RETURN(words, ReadParamsFile(params));
  }
  for (; next < args.size(); ++next) words.push_back({args[next], /*from_rule=*/false});
  return words;
}

absl::StatusOr<int> Main(const std::vector<std::string>& args) {
  const Paths paths = PathsOfProgram(args[0]);
  ABSL_ASSIGN_OR_RETURN(const std::vector<FlagWord> words, AllWords(args));
  ABSL_ASSIGN_OR_RETURN(const RunOptions options, ParseRunOptions(words, paths));
  if (options.help) {
    std::fputs(RunHelp().c_str(), stdout);
    return 0;
  }
  return RunImage(options);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  // What a run leaves (disks, metadata, the console) is nobody else's business.
  umask(077);
  const absl::StatusOr<int> code = linuxkit::Main(std::vector<std::string>(argv, argv + argc));
  if (code.ok()) return *code;
  std::fprintf(stderr, "run: %s\n", std::string(code.status().message()).c_str());
  return 1;
}
