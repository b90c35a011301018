#include "tools/qemu/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstddef>

namespace linuxkit {

TerminalGuard::TerminalGuard() : saved_(tcgetattr(STDIN_FILENO, &settings_) == 0) {
  for (size_t fd = 0; fd < flags_.size(); ++fd) flags_[fd] = fcntl(static_cast<int>(fd), F_GETFL);
}

TerminalGuard::~TerminalGuard() {
  for (size_t fd = 0; fd < flags_.size(); ++fd) {
    if (flags_[fd] >= 0) fcntl(static_cast<int>(fd), F_SETFL, flags_[fd]);
  }
  if (!saved_) return;
  // In the background this would stop us.
  sigset_t ttou;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  sigprocmask(SIG_BLOCK, &ttou, nullptr);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &settings_);
  sigprocmask(SIG_UNBLOCK, &ttou, nullptr);
}

}  // namespace linuxkit
