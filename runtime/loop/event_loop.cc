#include "runtime/loop/event_loop.h"

#include <sys/signalfd.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// Steady, because boot sets the wall clock while the loop may wait.
using Clock = std::chrono::steady_clock;

// Milliseconds until `end` for epoll_wait, rounded up so that the loop does not spin through the
// last one.
int Timeout(std::optional<Clock::time_point> end) {
  if (!end.has_value()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now());
  return left.count() <= 0 ? 0 : static_cast<int>(left.count());
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create(const std::vector<int>& signals,
                                                             std::function<void(int)> on_signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (const int signal : signals) sigaddset(&set, signal);
  if (sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return SystemError(errno, "sigprocmask");
  Fd signal_fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signal_fd.ok()) return SystemError(errno, "signalfd");
  Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.ok()) return SystemError(errno, "epoll_create1");
  std::unique_ptr<EventLoop> loop(
      new EventLoop(std::move(epoll), std::move(signal_fd), std::move(on_signal)));
  loop->Watch(loop->signals_.get(), EPOLLIN,
              [raw = loop.get()](uint32_t) { raw->HandleSignals(); });
  return loop;
}

EventLoop::EventLoop(Fd epoll, Fd signals, std::function<void(int)> on_signal)
    : epoll_(std::move(epoll)), signals_(std::move(signals)), on_signal_(std::move(on_signal)) {}

void EventLoop::Watch(int fd, uint32_t events, std::function<void(uint32_t)> on_ready) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const int operation = watches_.contains(fd) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(epoll_.get(), operation, fd, &event) == 0) watches_[fd] = std::move(on_ready);
}

void EventLoop::Unwatch(int fd) {
  if (watches_.erase(fd) > 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::OnExit(pid_t pid, std::function<void(int)> on_exit) {
  exits_[pid] = std::move(on_exit);
}

bool EventLoop::RunUntil(const std::function<bool()>& done,
                         std::optional<std::chrono::milliseconds> limit) {
  std::optional<Clock::time_point> end;
  if (limit.has_value()) end = Clock::now() + *limit;
  while (!done()) {
    const int timeout = Timeout(end);
    if (timeout == 0) return false;
    HandleEvents(timeout);
  }
  return true;
}

void EventLoop::Settle() {
  while (HandleEvents(0) > 0) {
  }
}

bool EventLoop::HasChildren() {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void EventLoop::HandleSignals() {
  signalfd_siginfo info;
  while (read(signals_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    if (info.ssi_signo != SIGCHLD) on_signal_(static_cast<int>(info.ssi_signo));
  }
  // One SIGCHLD may stand for several children, so reap whatever has ended.
  ReapChildren();
}

void EventLoop::ReapChildren() {
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto found = exits_.find(pid);
    if (found == exits_.end()) continue;
    const std::function<void(int)> on_exit = std::move(found->second);
    exits_.erase(found);
    on_exit(status);
  }
}

int EventLoop::HandleEvents(int timeout_ms) {
  std::array<epoll_event, 32> events;
  const int count =
      epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    const auto found = watches_.find(event.data.fd);
    // An earlier callback of this round may have removed it.
    if (found == watches_.end()) continue;
    const std::function<void(uint32_t)> on_ready = found->second;
    on_ready(event.events);
  }
  return count;
}

int ShellStatus(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace linuxkit
