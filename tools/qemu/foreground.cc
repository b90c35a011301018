#include "tools/qemu/foreground.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

sigset_t PassedOnSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&signals, signal);
  return signals;
}

// Keeps the terminal's settings; QEMU killed by a signal does not restore them.
class TerminalGuard {
 public:
  TerminalGuard() : saved_(tcgetattr(STDIN_FILENO, &settings_) == 0) {}
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
  ~TerminalGuard() {
    if (!saved_) return;
    // In the background this would stop us.
    sigset_t ttou;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    sigprocmask(SIG_BLOCK, &ttou, nullptr);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings_);
    sigprocmask(SIG_UNBLOCK, &ttou, nullptr);
  }

 private:
  termios settings_ = {};
  bool saved_;
};

// Blocks the signals to be passed on and unblocks them at the end.
class SignalPipe {
 public:
  SignalPipe() : signals_(PassedOnSignals()) {
    sigprocmask(SIG_BLOCK, &signals_, &before_);
    fd_ = FileDescriptor(signalfd(-1, &signals_, SFD_CLOEXEC));
  }
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;
  ~SignalPipe() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

  int fd() const { return fd_.get(); }
  int Read() const {
    signalfd_siginfo info = {};
    return read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                              : 0;
  }

 private:
  sigset_t signals_;
  sigset_t before_ = {};
  FileDescriptor fd_;
};

}  // namespace

absl::StatusOr<ExitStatus> RunForeground(const std::vector<std::string>& argv) {
  const TerminalGuard terminal;
  const SignalPipe signals;
  SpawnOptions options;
  options.parent_death_signal = SIGTERM;
  ABSL_ASSIGN_OR_RETURN(Process process, Process::Start(argv, options));
  pollfd fds[] = {{process.exit_fd(), POLLIN, 0}, {signals.fd(), POLLIN, 0}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return absl::ErrnoToStatus(errno, "poll");
    }
    if (fds[1].revents != 0) process.Signal(signals.Read());
    if (fds[0].revents != 0) return process.Wait();
  }
}

}  // namespace linuxkit
