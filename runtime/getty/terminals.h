// Which terminals people can log in on.
#ifndef RUNTIME_GETTY_TERMINALS_H_
#define RUNTIME_GETTY_TERMINALS_H_

#include <functional>
#include <string>
#include <vector>

#include "runtime/base/command_line.h"

namespace linuxkit {

struct Terminal {
  // "/dev/ttyS0".
  std::string device;
  // The TERM of programs there.
  std::string type;

  friend bool operator==(const Terminal&, const Terminal&) = default;
};

// One for each `console=NAME[,OPTIONS]` whose device `exists`, in order and without repetition.
// tty0 stands for the foreground console, which cannot be a controlling terminal; tty1 takes its
// place. /dev/console if there is none.
std::vector<Terminal> FindTerminals(const KernelCommandLine& command_line,
                                    const std::function<bool(const std::string&)>& exists);

}  // namespace linuxkit

#endif  // RUNTIME_GETTY_TERMINALS_H_
