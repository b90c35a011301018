#include "runtime/channel/commands.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/loop/spawn.h"

namespace linuxkit {
struct CommandRunner::Command {
  std::string id;
  Fd output;
};

CommandRunner::CommandRunner(EventLoop& loop, Channel& channel, Wrap wrap)
    : loop_(loop), channel_(channel), wrap_(std::move(wrap)) {
  channel_.OnDrained([this] {
    for (const std::shared_ptr<Command>& command : std::exchange(paused_, {})) Watch(command);
  });
}

void CommandRunner::Run(const ExecCommand& request) {
  const auto fail = [&](const absl::Status& status) {
    channel_.Send({"OUT", request.id, EncodeText(absl::StrCat(status.message(), "\n"))});
    channel_.Send({"EXIT", request.id, "127"});
  };
  absl::StatusOr<std::vector<std::string>> argv = wrap_(request.container, request.script);
  if (!argv.ok()) return fail(argv.status());
  absl::StatusOr<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return fail(pipe.status());
  const int out = pipe->write.get();
  const absl::StatusOr<pid_t> pid = Spawn({.argv = *std::move(argv), .out = out, .err = out});
  if (!pid.ok()) return fail(pid.status());
  const auto command = std::make_shared<Command>(request.id, std::move(pipe->read));
  Watch(command);
  loop_.OnExit(*pid, [this, command](int status) { Finish(command, ShellStatus(status)); });
}

void CommandRunner::Watch(const std::shared_ptr<Command>& command) {
  if (!command->output.ok()) return;
  loop_.Watch(command->output.get(), EPOLLIN, [this, command](uint32_t) {
    Forward(command);
    if (channel_.backlog() <= Channel::kMaxBacklog || !command->output.ok()) return;
    loop_.Unwatch(command->output.get());
    paused_.insert(command);
  });
}

// One piece, so that a command without end does not keep the loop from others.
void CommandRunner::Forward(const std::shared_ptr<Command>& command) {
  std::array<char, kMaxOutputPiece> buffer;
  const ssize_t count = read(command->output.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    loop_.Unwatch(command->output.get());
    command->output.Close();
    return;
  }
  channel_.Send({"OUT", command->id, EncodeText({buffer.data(), static_cast<size_t>(count)})});
}

// EXIT comes after all that the command itself has written; processes it has left behind are not
// waited for.
void CommandRunner::Finish(const std::shared_ptr<Command>& command, int status) {
  std::array<char, kMaxOutputPiece> buffer;
  for (ssize_t count; command->output.ok() &&
                      (count = read(command->output.get(), buffer.data(), buffer.size())) > 0;) {
    channel_.Send({"OUT", command->id, EncodeText({buffer.data(), static_cast<size_t>(count)})});
  }
  paused_.erase(command);
  if (command->output.ok()) loop_.Unwatch(command->output.get());
  command->output.Close();
  channel_.Send({"EXIT", command->id, absl::StrCat(status)});
}

}  // namespace linuxkit
