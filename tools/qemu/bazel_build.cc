#include "tools/qemu/bazel_build.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

using Words = std::vector<std::string>;

Words Command(const BazelBuild& build, std::string_view verb, const std::string& label,
              const Words& more) {
  Words argv = {build.program};
  for (std::string& option : StartupOptions(build.exec_root)) argv.push_back(std::move(option));
  argv.emplace_back(verb);
  argv.insert(argv.end(), build.flags.begin(), build.flags.end());
  argv.insert(argv.end(), more.begin(), more.end());
  argv.insert(argv.end(), {"--", label});
  return argv;
}

absl::StatusOr<std::string> ReadToEnd(int fd) {
  std::string text;
  for (char buffer[4096];;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, "read");
    if (got == 0) return text;
    text.append(buffer, static_cast<size_t>(got));
  }
}

// Runs Bazel and returns its standard output. Signals of the terminal reach it as they do us.
absl::StatusOr<std::string> Run(const BazelBuild& build, const Words& argv,
                                const std::string& label) {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair output, MakePipe());
  ABSL_ASSIGN_OR_RETURN(Process bazel,
                        Process::Start(argv, {.stdout_fd = output.second.get(),
                                              .kept_fds = {},
                                              .working_directory = build.workspace}));
  output.second = FileDescriptor();
  ABSL_ASSIGN_OR_RETURN(std::string text, ReadToEnd(output.first.get()));
  const ExitStatus status = bazel.Wait();
  if (status.success()) return text;
  return absl::FailedPreconditionError(
      absl::StrCat(label, " was not built: ", build.program, " ended with ", status.Describe()));
}

// The directory that Bazel names after the workspace has the MD5 of its path as a name.
bool IsMd5(std::string_view name) {
  return name.size() == 32 && std::all_of(name.begin(), name.end(), absl::ascii_isxdigit);
}

}  // namespace

absl::StatusOr<std::string> FindBazel(const std::string& override_path,
                                      const std::string& workspace) {
  if (!override_path.empty()) return override_path;
  const char* const variable = getenv("BAZEL");
  if (variable != nullptr && *variable != '\0') return std::string(variable);
  for (const std::string_view name : {"bazel", "bazelisk"}) {
    if (absl::StatusOr<std::string> found = FindProgram(name, "bazel"); found.ok()) return found;
  }
  std::string bazelw = absl::StrCat(workspace, "/bazelw");
  if (access(bazelw.c_str(), X_OK) == 0) return bazelw;
  return absl::NotFoundError(
      "found no bazel or bazelisk in PATH to build what --boot names; give one with --bazel, or "
      "the "
      "file with --boot-file");
}

std::vector<std::string> StartupOptions(std::string_view exec_root) {
  const size_t end = exec_root.rfind("/execroot/");
  const std::string_view base = exec_root.substr(0, end);
  const size_t slash = base.rfind('/');
  if (end == exec_root.npos || slash == base.npos) return {};
  Words options = {absl::StrCat("--output_base=", base)};
  if (IsMd5(base.substr(slash + 1))) {
    options.insert(options.begin(), absl::StrCat("--output_user_root=", base.substr(0, slash)));
  }
  return options;
}

absl::StatusOr<std::vector<std::string>> BuildOutputs(const BazelBuild& build,
                                                      const std::string& label) {
  ABSL_RETURN_IF_ERROR(Run(build, Command(build, "build", label, {}), label).status());
  const Words query = {"--output=files", "--noshow_progress", "--ui_event_filters=-info"};
  ABSL_ASSIGN_OR_RETURN(const std::string text,
                        Run(build, Command(build, "cquery", label, query), label));
  Words files;
  for (const std::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    files.push_back(line.starts_with('/') ? std::string(line)
                                          : absl::StrCat(build.exec_root, "/", line));
  }
  if (!files.empty()) return files;
  return absl::FailedPreconditionError(absl::StrCat(label, " has no files to boot"));
}

}  // namespace linuxkit
