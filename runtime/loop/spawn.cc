#include "runtime/loop/spawn.h"

#include <fcntl.h>
#include <spawn.h>

#include <csignal>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// What every program of the runtime sees; TERM suits a serial console.
constexpr const char* kEnvironment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=linux",
    nullptr};

// Spawn attributes and file actions, freed on every path.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }

  void ResetSignals() {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  void UseNullFor(int fd) {
    posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_RDWR, 0);
  }
  void Use(int source, int fd) {
    source < 0 ? UseNullFor(fd) : void(posix_spawn_file_actions_adddup2(&actions_, source, fd));
  }

  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  // posix_spawn takes char* const* for history's sake and does not write to the words.
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::StatusOr<pid_t> Spawn(const Program& program) {
  SpawnPlan plan;
  plan.ResetSignals();
  plan.Use(program.in, STDIN_FILENO);
  plan.Use(program.out, STDOUT_FILENO);
  plan.Use(program.err, STDERR_FILENO);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.argv[0].c_str(), plan.actions(), plan.attributes(),
                                Pointers(program.argv).data(), const_cast<char**>(kEnvironment));
  if (error != 0) return SystemError(error, absl::StrCat("start ", program.argv[0]));
  return pid;
}

absl::StatusOr<int> RunProgram(EventLoop& loop, const Program& program) {
  const absl::StatusOr<pid_t> pid = Spawn(program);
  if (!pid.ok()) return pid.status();
  std::optional<int> status;
  loop.OnExit(*pid, [&status](int wait_status) { status = ShellStatus(wait_status); });
  loop.RunUntil([&status] { return status.has_value(); });
  return *status;
}

}  // namespace linuxkit
