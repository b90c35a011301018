// Serves a system to machines that boot from the network; what is behind
// `bazel run //os:myimage_serve -- FLAGS`. SIGINT and SIGTERM end it.
//
// The image's own flags come from the file PROGRAM.params beside the name we were started by
// (tools/base/param_file.h).
#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/netboot/serve/serve.h"
#include "tools/netboot/serve/serve_options.h"
#include "tools/qemu/flag_table.h"
#include "tools/qemu/paths.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::vector<FlagWord>> AllWords(const std::vector<std::string>& args) {
  std::vector<FlagWord> words;
  const std::string params = absl::StrCat(args[0], ".params");
  std::error_code error;
  if (std::filesystem::exists(params, error)) {
    ABSL_ASSIGN_OR_RETURN(words, ReadParamsFile(params));
  }
  for (size_t i = 1; i < args.size(); ++i) words.push_back({args[i], /*from_rule=*/false});
  return words;
}

// Readable once a signal has come that ends us.
absl::StatusOr<FileDescriptor> StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  FileDescriptor fd(signalfd(-1, &signals, SFD_CLOEXEC));
  if (fd.get() < 0) return absl::ErrnoToStatus(errno, "signalfd");
  return fd;
}

absl::Status Main(const std::vector<std::string>& args) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<FlagWord> words, AllWords(args));
  ABSL_ASSIGN_OR_RETURN(const ServeOptions options,
                        ParseServeOptions(words, PathsOfProgram(args[0])));
  if (options.help) {
    std::fputs(ServeHelp().c_str(), stdout);
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(const FileDescriptor stop, StopSignals());
  return Serve(options, stop.get());
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  const absl::Status status = linuxkit::Main(std::vector<std::string>(argv, argv + argc));
  if (status.ok()) return 0;
  std::fprintf(stderr, "serve: %s\n", std::string(status.message()).c_str());
  return 1;
}
