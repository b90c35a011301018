// Starting programs from PID 1.
#ifndef RUNTIME_LOOP_SPAWN_H_
#define RUNTIME_LOOP_SPAWN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

struct Program {
  // argv[0] is the path of the program.
  std::vector<std::string> argv;
  // Standard input; -1 is /dev/null. Our processes never see a terminal.
  int in = -1;
  // Standard output and error: descriptors above 2, or the console that this process has as 1
  // and 2.
  int out = 1;
  int err = 2;
};

// Starts the program in its own session with a fixed environment and default signal handling; no
// other descriptor is inherited. Returns its process id.
absl::StatusOr<pid_t> Spawn(const Program& program);

// Spawns the program and runs the loop until it ends. Returns its status as a shell would give it.
absl::StatusOr<int> RunProgram(EventLoop& loop, const Program& program);

}  // namespace linuxkit

#endif  // RUNTIME_LOOP_SPAWN_H_
