#include "runtime/container/log_pipe.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "runtime/base/console.h"
#include "runtime/base/file.h"

namespace linuxkit {

LogPipe::LogPipe(EventLoop& loop, Fd reader, Fd writer, const std::string& path)
    : loop_(loop), reader_(std::move(reader)), writer_(std::move(writer)), log_(path) {}

absl::StatusOr<std::shared_ptr<LogPipe>> LogPipe::Start(EventLoop& loop, const std::string& path) {
  absl::StatusOr<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return pipe.status();
  // The log is there even if the container never says anything.
  if (absl::Status status = MakeEmptyFile(path); !status.ok()) return status;
  const std::shared_ptr<LogPipe> log(
      new LogPipe(loop, std::move(pipe->read), std::move(pipe->write), path));
  loop.Watch(log->reader_.get(), EPOLLIN, [log](uint32_t) { log->Drain(); });
  return log;
}

void LogPipe::Drain() {
  const std::shared_ptr<LogPipe> keep = shared_from_this();
  std::array<char, 65536> buffer;
  while (reader_.ok()) {
    const ssize_t count = read(reader_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      loop_.Unwatch(reader_.get());
      reader_.Close();
      return;
    }
    // A full /var must not block the container, so go on reading; and say it once.
    const absl::Status status = log_.Append({buffer.data(), static_cast<size_t>(count)});
    if (!reported_) reported_ = !SayIfError(status);
  }
}

}  // namespace linuxkit
