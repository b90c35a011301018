// Runs what the host asks for with EXEC and sends back its output and status.
#ifndef RUNTIME_CHANNEL_COMMANDS_H_
#define RUNTIME_CHANNEL_COMMANDS_H_

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/channel/channel.h"
#include "runtime/channel/protocol.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

class CommandRunner {
 public:
  // The words that run a script in the named container (our own root if empty), or why it cannot
  // be run.
  using Wrap = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& container,
                                                                      const std::string& script)>;

  CommandRunner(EventLoop& loop, Channel& channel, Wrap wrap);

  // Answers with OUT lines and, in the end, EXIT. What cannot be run at all gets its error as
  // output and status 127.
  void Run(const ExecCommand& command);

 private:
  struct Command;
  void Forward(const std::shared_ptr<Command>& command);
  void Watch(const std::shared_ptr<Command>& command);
  void Finish(const std::shared_ptr<Command>& command, int status);

  EventLoop& loop_;
  Channel& channel_;
  Wrap wrap_;
  // Commands whose output is not read while the host has not taken what came before.
  std::set<std::shared_ptr<Command>> paused_;
};

}  // namespace linuxkit

#endif  // RUNTIME_CHANNEL_COMMANDS_H_
