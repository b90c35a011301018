// Lines on the console. Everything that PID 1 has to say to a person goes through here.
#ifndef RUNTIME_BASE_CONSOLE_H_
#define RUNTIME_BASE_CONSOLE_H_

#include <string_view>

#include "absl/status/status.h"

namespace linuxkit {

// Writes `PROGRAM: TEXT` and a newline to standard error in one write, so that lines of several
// processes do not mix. PROGRAM is the short name of this process (`init`, `modprobe`...).
void Say(std::string_view text);
// Says the status' message, with `context: ` in front if given. Nothing for an OK status. Returns
// status.ok().
bool SayIfError(const absl::Status& status, std::string_view context = {});

}  // namespace linuxkit

#endif  // RUNTIME_BASE_CONSOLE_H_
