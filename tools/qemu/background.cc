#include "tools/qemu/background.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/qemu/machine_monitor.h"
#include "tools/qemu/pattern.h"
#include "tools/qemu/process.h"
#include "tools/qemu/serial_log.h"

namespace linuxkit {
namespace {

// How often the console's file is looked at.
constexpr std::chrono::milliseconds kLook{100};
constexpr uint64_t kConsoleLimit = 16 << 20;

absl::StatusOr<pid_t> ReadPid(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, 64));
  pid_t pid = 0;
  if (absl::SimpleAtoi(absl::StripAsciiWhitespace(text), &pid) && pid > 0) return pid;
  return absl::InternalError(absl::StrCat(path, ": found \"", text, "\", expected a process id"));
}

// The console as far as it has come.
void SeeConsole(const Machine& machine, MachineMonitor& monitor) {
  static const std::vector<Pattern>* const none = new std::vector<Pattern>;
  const std::string text = ReadFile(machine.console_file, kConsoleLimit).value_or("");
  if (text.empty()) return;
  SerialLog console(*none, *none, "", KernelComplaints::kIgnored);
  console.Append(text);
  monitor.SeeConsole(machine.kernel.empty() ? console.KernelStamped() : console.KernelSpoke());
}

// Until the guest lives, or is known not to.
std::string WatchUntilLife(const Machine& machine, pid_t pid, MachineMonitor& monitor) {
  const FileDescriptor exit_fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  for (bool exited = exit_fd.get() < 0; !monitor.proven();) {
    pollfd fds[] = {{exit_fd.get(), POLLIN, 0}, {monitor.fd(), monitor.events(), 0}};
    if (!exited) poll(fds, std::size(fds), static_cast<int>(kLook.count()));
    exited = exited || fds[0].revents != 0;
    monitor.Step();
    SeeConsole(machine, monitor);
    if (exited) return monitor.KvmProblemAtEnd(std::nullopt, "");
    if (std::string problem = monitor.KvmProblem(""); !problem.empty()) return problem;
  }
  return "";
}

// Ends a process that is not our child, and waits for its end.
void EndForeignProcess(pid_t pid) {
  const FileDescriptor exit_fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (exit_fd.get() < 0) return;
  kill(pid, SIGKILL);
  pollfd entry = {exit_fd.get(), POLLIN, 0};
  while (poll(&entry, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace

absl::StatusOr<BackgroundEnd> RunInBackground(Machine machine, const LifeLimits& limits) {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair monitor_fds, MakeSocketPair());
  machine.monitor_fd = monitor_fds.second.get();
  ABSL_ASSIGN_OR_RETURN(
      const FinishedProcess started,
      RunToEnd(QemuCommandLine(machine), std::chrono::minutes(2), {machine.monitor_fd}));
  monitor_fds.second = FileDescriptor();
  if (!started.status.success()) {
    if (machine.accel == Accel::kKvm) {
      return BackgroundEnd{.kvm_problem = EndedBeforeLife(started.status, started.output)};
    }
    return absl::InternalError(
        absl::StrCat("QEMU did not start: ", absl::StripAsciiWhitespace(started.output)));
  }
  BackgroundEnd end;
  ABSL_ASSIGN_OR_RETURN(end.pid, ReadPid(machine.pid_file));
  if (machine.accel != Accel::kKvm) return end;
  MachineMonitor monitor(std::move(monitor_fds.first), end.pid, machine.accel, limits);
  end.kvm_problem = WatchUntilLife(machine, end.pid, monitor);
  if (!end.kvm_problem.empty()) EndForeignProcess(end.pid);
  return end;
}

}  // namespace linuxkit
