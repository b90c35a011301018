// The `modprobe` program. The kernel calls it itself, as `modprobe -q -- ALIAS`.
#ifndef RUNTIME_MODULES_MODPROBE_H_
#define RUNTIME_MODULES_MODPROBE_H_

#include <span>

namespace linuxkit {

// modprobe [-a] [-b] [-q] [-v] [--] NAME... [PARAMETER=VALUE...]. Returns the exit status: 0 if
// everything is loaded. -a: all words are names, none is a parameter; -b: honour `blacklist`; -q:
// do not complain about unknown names; -v: say what is inserted.
int ModprobeMain(std::span<char*> arguments);

}  // namespace linuxkit

#endif  // RUNTIME_MODULES_MODPROBE_H_
