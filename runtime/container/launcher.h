// Runs containers through runc.
//
//   launcher.Launch({.name = "web", .type = "services", .bundle = "/containers/services/web",
//   .log_prefix = ...},
//                   {.started = [](absl::Status) {...}, .exited = [](const Ending&) {...}});
//
// The steps of one container (prepare the bundle, `runc create`, prepare the process, `runc start`)
// follow each other in callbacks of the event loop, so several containers can be launched at once.
#ifndef RUNTIME_CONTAINER_LAUNCHER_H_
#define RUNTIME_CONTAINER_LAUNCHER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/base/ending.h"
#include "runtime/loop/event_loop.h"
#include "runtime/loop/spawn.h"

namespace linuxkit {

struct Container {
  // Also its id for runc.
  std::string name;
  // "services", "onboot" or "shutdown". Each has a runc state directory of its own, since "000-x"
  // may be in two of them.
  std::string type;
  std::string bundle;
  // Standard output goes to LOG_PREFIX.out.log, standard error to LOG_PREFIX.log.
  std::string log_prefix;

  std::string out_log() const { return log_prefix + ".out.log"; }
  std::string err_log() const { return log_prefix + ".log"; }
};

struct LaunchEvents {
  // Called once: the container runs, or why it does not.
  std::function<void(const absl::Status&)> started;
  // Called once after a successful `started`, when the first process has ended. All that it has
  // written is in its logs.
  std::function<void(const Ending&)> exited;
};

class Launcher {
 public:
  struct Options {
    // linuxkit.runc_debug=1: runc tells what it does.
    bool debug = false;
    // linuxkit.runc_console=1: containers write to the console instead of logs.
    bool console = false;
    std::string runc = "/usr/bin/runc";
  };
  Launcher(EventLoop& loop, Options options) : loop_(loop), options_(std::move(options)) {}

  void Launch(const Container& container, LaunchEvents events);

  // The command that runs `argv` in a running container.
  std::vector<std::string> ExecCommand(const Container& container,
                                       const std::vector<std::string>& argv) const;

 private:
  EventLoop& loop_;
  Options options_;
};

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_LAUNCHER_H_
