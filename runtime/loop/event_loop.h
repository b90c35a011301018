// The one place where PID 1 waits: for file descriptors, for children and for signals.
//
// Boot and shutdown read from top to bottom and wait where they need to:
//
//   bool ended = false;
//   loop->OnExit(pid, [&](int) { ended = true; });
//   loop->RunUntil([&] { return ended; });
//
// While it waits everything else goes on: logs are written, services are reaped, the test channel
// answers. Callbacks must not call RunUntil themselves. Every child is reaped, also those that
// nobody asked for (PID 1 inherits orphans).
#ifndef RUNTIME_LOOP_EVENT_LOOP_H_
#define RUNTIME_LOOP_EVENT_LOOP_H_

#include <sys/epoll.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/fd.h"

namespace linuxkit {

class EventLoop {
 public:
  // Blocks SIGCHLD and `signals` for this process and takes them from a descriptor instead. Spawn
  // undoes this for children.
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create(const std::vector<int>& signals,
                                                           std::function<void(int)> on_signal);

  // Calls `on_ready` with the epoll events of `fd` until Unwatch. `events` as for epoll_ctl.
  void Watch(int fd, uint32_t events, std::function<void(uint32_t)> on_ready);
  void Unwatch(int fd);
  // Calls `on_exit` once with the wait status when the child `pid` ends.
  void OnExit(pid_t pid, std::function<void(int)> on_exit);

  // Handles events until `done` holds; false if `limit` passed before that.
  bool RunUntil(const std::function<bool()>& done,
                std::optional<std::chrono::milliseconds> limit = {});
  // Handles what is there already and does not wait.
  void Settle();
  // True while this process has children.
  static bool HasChildren();

 private:
  EventLoop(Fd epoll, Fd signals, std::function<void(int)> on_signal);
  void HandleSignals();
  void ReapChildren();
  // Returns how many events there were.
  int HandleEvents(int timeout_ms);

  Fd epoll_;
  Fd signals_;
  std::function<void(int)> on_signal_;
  std::map<int, std::function<void(uint32_t)>> watches_;
  std::map<pid_t, std::function<void(int)>> exits_;
};

// A wait status as a shell gives it: the exit status, or 128 + the signal that ended the process.
int ShellStatus(int wait_status);

}  // namespace linuxkit

#endif  // RUNTIME_LOOP_EVENT_LOOP_H_
