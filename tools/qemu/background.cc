#include "tools/qemu/background.h"

#include <poll.h>
#include <signal.h>
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
KvmProblem WatchUntilLife(const Machine& machine, pid_t pid, MachineMonitor& monitor) {
  const FileDescriptor exit_fd = OpenProcess(pid);
  for (bool exited = exit_fd.get() < 0; !monitor.proven();) {
    pollfd fds[] = {{exit_fd.get(), POLLIN, 0}, {monitor.fd(), monitor.events(), 0}};
    if (!exited) poll(fds, std::size(fds), static_cast<int>(kLook.count()));
    exited = exited || fds[0].revents != 0;
    monitor.Step();
    SeeConsole(machine, monitor);
    if (exited) return monitor.ProblemAtEnd(std::nullopt, "");
    if (KvmProblem problem = monitor.Problem(""); !problem.empty()) return problem;
  }
  return {};
}

// Ends a process that is not our child, and waits for its end.
void EndForeignProcess(pid_t pid) {
  const FileDescriptor end = OpenProcess(pid);
  if (end.get() < 0) return;
  kill(pid, SIGKILL);
  AwaitEnd(end);
}

// QEMU that is to go to the background does so at once, or within the time in which a guest must
// show life.
absl::StatusOr<FinishedProcess> StartInBackground(const Machine& machine,
                                                  const LifeLimits& limits) {
  // That of an earlier run says nothing.
  unlink(machine.pid_file.c_str());
  const bool kvm = machine.accel == Accel::kKvm;
  return RunToEnd(QemuCommandLine(machine), kvm ? limits.first : std::chrono::minutes(2),
                  {machine.monitor_fd});
}

KvmProblem StartProblem(const FinishedProcess& started, const LifeLimits& limits) {
  if (!started.timed_out) return EndedBeforeLife(started.status, started.output);
  const double seconds = static_cast<double>(limits.first.count()) / 1000;
  return {.text = absl::StrCat("QEMU under KVM did not start its guest for ", seconds, " s",
                               QemuSays(started.output))};
}

}  // namespace

absl::StatusOr<BackgroundEnd> RunInBackground(Machine machine, const LifeLimits& limits) {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair monitor_fds, MakeSocketPair());
  machine.monitor_fd = monitor_fds.second.get();
  ABSL_ASSIGN_OR_RETURN(const FinishedProcess started, StartInBackground(machine, limits));
  monitor_fds.second = FileDescriptor();
  BackgroundEnd end;
  const absl::StatusOr<pid_t> pid = ReadPid(machine.pid_file);
  if (!started.status.success() || !pid.ok()) {
    if (machine.accel == Accel::kKvm) {
      end.kvm_problem = StartProblem(started, limits);
      return end;
    }
    return absl::InternalError(
        absl::StrCat("QEMU did not start", QemuSays(started.output),
                     started.status.success() ? absl::StrCat(": ", pid.status().message()) : ""));
  }
  end.pid = *pid;
  if (machine.accel != Accel::kKvm) return end;
  MachineMonitor monitor(std::move(monitor_fds.first), end.pid, machine.accel, limits);
  end.kvm_problem = WatchUntilLife(machine, end.pid, monitor);
  if (!end.kvm_problem.empty()) EndForeignProcess(end.pid);
  return end;
}

}  // namespace linuxkit
