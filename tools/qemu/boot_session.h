// One boot test: starts QEMU, talks with the guest until it is ready, checks what the plan asks
// for, makes it go down, and returns the verdict. Everything is an event of one poll() loop;
// nothing sleeps.
//
//   start ── READY ──▶ assertions (serial lines, ports, commands) ── all are known ──▶ POWEROFF
//     ── BYE, QEMU ends ──▶ verdict
//
// What fails on the way (a container, a command, a line or an answer that never comes) is
// collected, so that one boot tells all of it. Only what leaves nothing to talk to ends the test at
// once: a kernel that panics, a line that breaks the protocol, an early end. Failures have a class
// (failure.h).
//
// A plan may ask instead that the boot is refused:
//
//   start ── all lines of `refused` seen ──▶ a while in which the guest must stay silent ──▶ OK
#ifndef TOOLS_QEMU_BOOT_SESSION_H_
#define TOOLS_QEMU_BOOT_SESSION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/channel.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/machine_monitor.h"
#include "tools/qemu/process.h"
#include "tools/qemu/serial_log.h"
#include "tools/qemu/service_probe.h"
#include "tools/qemu/test_plan.h"

namespace linuxkit {

struct SessionOptions {
  std::string nonce;           // 32 hex digits
  std::string serial_log;      // path of the full log; empty for none
  std::string container_logs;  // directory for what containers have written; empty for none
  // From start to READY, then for the assertions, then for the shutdown.
  std::chrono::milliseconds ready_limit = std::chrono::seconds(60);
  std::chrono::milliseconds assert_limit = std::chrono::seconds(60);
  // For the assertions once something has failed that will not get better.
  std::chrono::milliseconds failed_limit = std::chrono::seconds(20);
  std::chrono::milliseconds shutdown_limit = std::chrono::seconds(30);
  // How long a guest whose boot was refused must stay silent.
  std::chrono::milliseconds refused_watch = std::chrono::seconds(5);
  // For all of it; below the limit of whoever runs the test, so that the verdict is ours.
  std::chrono::milliseconds whole_limit = std::chrono::hours(1);
  // When a guest under KVM must show life.
  LifeLimits life;
};

class BootSession {
 public:
  using Clock = std::chrono::steady_clock;

  // `plan` must outlive this. `machine` is complete but for console, result port and published
  // ports.
  BootSession(const TestPlan& plan, Machine machine, SessionOptions options);

  absl::Status Run();

  const std::vector<std::string>& argv() const { return argv_; }
  const SerialLog& serial() const { return serial_; }
  // What QEMU itself wrote to its standard streams.
  const std::string& qemu_output() const { return qemu_output_; }
  // The lines of the test channel in both directions, as "< ..." and "> ...".
  const std::string& transcript() const { return channel_->transcript().text(); }
  // What became of the services, for people; empty if the guest does not say.
  std::string Services() const { return channel_->Services(); }
  // From the start until the guest was ready.
  std::chrono::milliseconds boot_time() const { return boot_time_; }
  // What shows that KVM does not run this guest, if the boot failed for that; else empty. The same
  // boot may be tried under TCG then.
  const KvmProblem& kvm_problem() const { return kvm_problem_; }
  // Whether its kernel or its PID 1 said something.
  bool guest_lived() const { return monitor_ && monitor_->proven(); }

 private:
  enum class Phase { kBooting, kAsserting, kStopping, kRefused };

  absl::Status Start();
  // Gives the guest its nonce by the way that there is.
  void HandOverNonce();
  absl::Status Loop();
  // Decides, at most once each time something happened: goes to the next phase or fails.
  absl::Status Advance();
  absl::Status AdvanceMachine();
  absl::Status AdvanceComplaint();
  absl::Status AdvanceBooting();
  absl::Status AdvanceRefused();
  void AdvanceAssertions();
  bool HasFailed() const;
  void AdvanceCommands();
  void FinishCommand(const CommandResult& result);
  // The guest ends by itself.
  void AdvanceGoingDown();
  void StartShutdown();
  void EnterPhase(Phase phase, std::chrono::milliseconds limit);

  void Poll();
  Clock::time_point NextTime() const;
  void StepProbes();
  void ReadSerial();
  void ReadResult();
  void ReadQemuOutput();
  void Write();
  bool expects_refusal() const { return !plan_.refused.empty(); }
  absl::Status AtDeadline();
  absl::Status AtDeadlineOfBoot(std::string_view after) const;
  absl::Status AtExit(const ExitStatus& status);
  // KVM did not run the guest.
  absl::Status KvmFailure(KvmProblem problem);
  // "tcg, run state running".
  std::string MachineState() const;
  // What still has to hold, one clause each; empty if everything does.
  std::vector<std::string> MissingAssertions() const;
  // Collects them as failures: "after 60 s port 80: ...".
  void FailMissing(std::string_view when);
  // Everything that was collected, and `end`, an error that ended the test.
  absl::Status Verdict(const absl::Status& end) const;

  const TestPlan& plan_;
  Machine machine_;
  const SessionOptions options_;
  SerialLog serial_;
  std::unique_ptr<Channel> channel_;
  std::vector<ServiceProbe> probes_;
  std::vector<std::string> argv_;
  std::string qemu_output_;
  FileDescriptor console_fd_;
  FileDescriptor result_fd_;
  FileDescriptor output_fd_;
  std::optional<Process> qemu_;
  std::optional<MachineMonitor> monitor_;
  KvmProblem kvm_problem_;
  Phase phase_ = Phase::kBooting;
  Clock::time_point start_;
  Clock::time_point phase_start_;
  Clock::time_point deadline_;
  Clock::time_point last_data_;
  std::chrono::milliseconds boot_time_{0};
  std::optional<Clock::time_point> complaint_until_;
  absl::Status channel_status_;
  size_t next_command_ = 0;
  bool command_running_ = false;
  bool exited_ = false;
  bool stopped_by_us_ = false;
  bool refused_ = false;                // as expected
  bool hastened_ = false;               // failed_limit holds
  bool over_ = false;                   // nothing more is awaited
  std::vector<absl::Status> failures_;  // collected so far; the channel has its own
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_BOOT_SESSION_H_
