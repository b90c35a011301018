// linuxkit-getty: a login on every console of the kernel command line, started again when it ends.
//
// With INSECURE=true in the environment it is a root shell without a password, else `busybox
// login`, which wants the users of /etc/passwd and /etc/shadow.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/command_line.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/getty/session.h"
#include "runtime/getty/terminals.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {
namespace {

using Clock = std::chrono::steady_clock;

// A session that ends sooner was not a person's: a terminal without a line, a login that cannot
// work. The next try waits.
constexpr std::chrono::seconds kShortest(1);
constexpr std::chrono::seconds kPause(10);

class Getty {
 public:
  explicit Getty(EventLoop& loop)
      : loop_(loop),
        command_(SessionCommand(IsInsecure())),
        greeting_(ReadFile("/etc/issue").value_or("")) {}

  void Add(const Terminal& terminal) { due_.emplace_back(terminal, Clock::now()); }

  // Starts sessions as they become due, until `ended`; then hangs up on those that are left.
  void Run(const bool& ended) {
    while (!ended) {
      StartDue();
      const size_t waiting = due_.size();
      const auto changed = [&] { return ended || due_.size() != waiting; };
      if (due_.empty()) {
        loop_.RunUntil(changed);
      } else {
        loop_.RunUntil(changed, UntilNext());
      }
    }
    // A shell that waits for a person does not listen to anything else.
    for (const pid_t session : sessions_) kill(-session, SIGHUP);
  }

 private:
  struct Due {
    Terminal terminal;
    Clock::time_point time;
  };

  static bool IsInsecure() {
    const char* value = std::getenv("INSECURE");
    return value != nullptr && std::string_view(value) == "true";
  }

  std::chrono::milliseconds UntilNext() const {
    const auto next = std::min_element(due_.begin(), due_.end(),
                                       [](const Due& a, const Due& b) { return a.time < b.time; });
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next->time - Clock::now());
    return std::max(left, std::chrono::milliseconds(1));
  }

  void StartDue() {
    std::vector<Due> later;
    for (const Due& due : std::exchange(due_, {})) {
      due.time <= Clock::now() ? Start(due.terminal) : later.push_back(due);
    }
    due_.insert(due_.end(), later.begin(), later.end());
  }

  void Start(const Terminal& terminal) {
    const absl::StatusOr<pid_t> pid = StartSession(terminal, command_, greeting_);
    const Clock::time_point start = Clock::now();
    if (!SayIfError(pid.status())) {
      due_.emplace_back(terminal, start + kPause);
      return;
    }
    sessions_.insert(*pid);
    loop_.OnExit(*pid, [this, terminal, start, session = *pid](int) {
      sessions_.erase(session);
      const Clock::time_point now = Clock::now();
      due_.emplace_back(terminal, now - start < kShortest ? now + kPause : now);
    });
  }

  EventLoop& loop_;
  const std::vector<std::string> command_;
  const std::string greeting_;
  std::vector<Due> due_;
  // Process ids of session leaders.
  std::set<pid_t> sessions_;
};

int Main() {
  bool ended = false;
  const absl::StatusOr<std::unique_ptr<EventLoop>> loop =
      EventLoop::Create({SIGTERM, SIGINT}, [&ended](int) { ended = true; });
  if (!SayIfError(loop.status())) return 1;
  const KernelCommandLine command_line(ReadFile("/proc/cmdline").value_or(""));
  Getty getty(**loop);
  for (const Terminal& terminal : FindTerminals(command_line, Exists)) getty.Add(terminal);
  getty.Run(ended);
  return 0;
}

}  // namespace
}  // namespace linuxkit

int main() { return linuxkit::Main(); }
