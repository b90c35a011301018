#include "tests/perf/timed_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {
namespace {

void Redirect(posix_spawn_file_actions_t& actions, int fd, const std::string& path) {
  if (path.empty()) return;
  posix_spawn_file_actions_addopen(&actions, fd, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

std::string Failure(const std::vector<std::string>& words, const RunOptions& options) {
  return absl::StrCat(
      "failed: ", absl::StrJoin(words, " "),
      options.errors.empty() ? "" : absl::StrCat("\nits messages: ", options.errors));
}

}  // namespace

absl::StatusOr<Cost> RunTimed(const std::vector<std::string>& words, const RunOptions& options) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const absl::Cleanup destroy = [&] { posix_spawn_file_actions_destroy(&actions); };
  Redirect(actions, STDOUT_FILENO, options.output);
  Redirect(actions, STDERR_FILENO, options.errors);
  if (!options.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
  }
  const auto start = std::chrono::steady_clock::now();
  pid_t pid = 0;
  if (const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ)) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", words[0]));
  }
  int status = 0;
  rusage usage = {};
  if (wait4(pid, &status, 0, &usage) != pid || status != 0) {
    return absl::InternalError(Failure(words, options));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return Cost{.seconds = elapsed.count(),
              .cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime),
              .rss_kib = usage.ru_maxrss};
}

}  // namespace linuxkit
