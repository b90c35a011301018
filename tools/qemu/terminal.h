// The terminal that a machine's console may have.
#ifndef TOOLS_QEMU_TERMINAL_H_
#define TOOLS_QEMU_TERMINAL_H_

#include <termios.h>

#include <array>

namespace linuxkit {

// Keeps the settings of the terminal on our standard streams and gives them back at its end: QEMU
// makes the terminal raw, and ended by a signal leaves it so.
class TerminalGuard {
 public:
  TerminalGuard();
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
  ~TerminalGuard();

 private:
  termios settings_ = {};
  bool saved_;
  // QEMU also makes them non-blocking, and they are also our parent's.
  std::array<int, 3> flags_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_TERMINAL_H_
