// Child processes that are awaited as events: a process has a descriptor that becomes readable when
// it ends, so that one poll() waits for its end, its output and a deadline alike.
//
//   absl::StatusOr<Process> qemu = Process::Start({"qemu-system-x86_64", "--version"}, {});
//   pollfd entry = {qemu->exit_fd(), POLLIN, 0};
//   ...
//   ExitStatus status = qemu->Wait();
#ifndef TOOLS_QEMU_PROCESS_H_
#define TOOLS_QEMU_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"

namespace linuxkit {

struct ExitStatus {
  int code = 0;    // of exit(2), if signal is 0
  int signal = 0;  // that ended the process

  bool success() const { return code == 0 && signal == 0; }
  // As a shell reports it: 128 + signal for a process ended by a signal.
  int shell_code() const { return signal != 0 ? 128 + signal : code; }
  // "status 1" or "signal 9 (Killed)".
  std::string Describe() const;
};

struct SpawnOptions {
  // Descriptors for the child's standard streams; -1 keeps ours.
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  // Further descriptors the child gets under the same numbers.
  std::vector<int> kept_fds;
  // "NAME=VALUE"; without it the child has our environment.
  std::optional<std::vector<std::string>> environment = std::nullopt;
  // Sent to the child should we die without ending it; 0 for none.
  int parent_death_signal = 9;
  // Of the child; empty: ours.
  std::string working_directory = {};
};

// One running child. Destroyed while running, it is killed and reaped, and what it has started is
// killed and has ended.
class Process {
 public:
  // argv[0] is a path, or a name looked up in PATH. Fails if it cannot be executed.
  static absl::StatusOr<Process> Start(const std::vector<std::string>& argv,
                                       const SpawnOptions& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  int exit_fd() const { return exit_fd_.get(); }
  void Signal(int signal) const;
  // Also to the processes that it has started and that live, which a script for QEMU's name may
  // have done instead of becoming QEMU.
  void SignalTree(int signal) const;
  // Lets it run on without us.
  void Release() { pid_ = -1; }
  // Blocks until the process has ended.
  ExitStatus Wait();

 private:
  Process(pid_t pid, FileDescriptor exit_fd) : pid_(pid), exit_fd_(std::move(exit_fd)) {}

  pid_t pid_ = -1;
  FileDescriptor exit_fd_;
};

// A descriptor that becomes readable when the process ends, which need not be a child of ours. -1
// if there is no such process.
FileDescriptor OpenProcess(pid_t pid);

// Waits until the process that OpenProcess has opened ends; not at all for -1.
void AwaitEnd(const FileDescriptor& process);

struct FinishedProcess {
  bool timed_out = false;  // then it was killed
  ExitStatus status;
  std::string output;  // standard output and error together, the first 64 KiB
};

// Runs a short helper program to its end, with no standard input. It gets `kept_fds` under the same
// numbers.
absl::StatusOr<FinishedProcess> RunToEnd(const std::vector<std::string>& argv,
                                         std::chrono::milliseconds limit,
                                         const std::vector<int>& kept_fds = {});

struct DescriptorPair {
  FileDescriptor first;   // of a pipe: the reading end
  FileDescriptor second;  // of a pipe: the writing end
};
absl::StatusOr<DescriptorPair> MakePipe();
absl::StatusOr<DescriptorPair> MakeSocketPair();

}  // namespace linuxkit

#endif  // TOOLS_QEMU_PROCESS_H_
