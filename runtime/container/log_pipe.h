// A stream of a container (standard output or error): a pipe that PID 1 empties into a log file.
#ifndef RUNTIME_CONTAINER_LOG_PIPE_H_
#define RUNTIME_CONTAINER_LOG_PIPE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/fd.h"
#include "runtime/container/log_file.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

// Lives in the loop until nobody has the pipe open for writing, which may be after the container's
// first process ended.
class LogPipe : public std::enable_shared_from_this<LogPipe> {
 public:
  static absl::StatusOr<std::shared_ptr<LogPipe>> Start(EventLoop& loop, const std::string& path);

  // The end for the container; to be closed here once the container has it.
  Fd& writer() { return writer_; }
  // Takes what is in the pipe now.
  void Drain();
  const std::string& log_path() const { return log_.path(); }

 private:
  LogPipe(EventLoop& loop, Fd reader, Fd writer, const std::string& path);

  EventLoop& loop_;
  Fd reader_;
  Fd writer_;
  LogFile log_;
  bool reported_ = false;
};

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_LOG_PIPE_H_
