// A login on a terminal.
#ifndef RUNTIME_GETTY_SESSION_H_
#define RUNTIME_GETTY_SESSION_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/getty/terminals.h"

namespace linuxkit {

// The program of a session: a root shell if `insecure`, else one that asks for name and password.
std::vector<std::string> SessionCommand(bool insecure);

// Starts the command as leader of a new session whose controlling terminal is the given one, after
// showing `greeting` there. Returns the process id.
absl::StatusOr<pid_t> StartSession(const Terminal& terminal,
                                   const std::vector<std::string>& command,
                                   const std::string& greeting);

}  // namespace linuxkit

#endif  // RUNTIME_GETTY_SESSION_H_
