#include "tools/qemu/boot_session.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/command_line.h"
#include "runtime/base/ending.h"
#include "runtime/base/output_tail.h"
#include "runtime/base/printable.h"
#include "runtime/channel/protocol.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/make_channel.h"
#include "tools/qemu/publish.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;

// After a complaint of the kernel: long enough for the rest of a panic, which QEMU's end usually
// cuts short anyway.
constexpr milliseconds kAfterComplaint{1000};

FileDescriptor NonBlocking(FileDescriptor fd) {
  if (fd.get() >= 0) fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  return fd;
}

std::string PlaceOf(const PlannedCommand& command) {
  return command.container.empty() ? "" : absl::StrCat(" in ", Printable(command.container));
}

}  // namespace

BootSession::BootSession(const TestPlan& plan, Machine machine, SessionOptions options)
    : plan_(plan),
      machine_(std::move(machine)),
      options_(std::move(options)),
      serial_(plan.refused.empty() ? plan.expect : plan.refused, plan.forbid, options_.serial_log,
              plan.refused.empty() ? KernelComplaints::kForbidden : KernelComplaints::kIgnored),
      channel_(MakeChannel(plan, options_.nonce, options_.container_logs)) {}

absl::Status BootSession::Run() {
  ABSL_RETURN_IF_ERROR(Start());
  absl::Status end = Loop();
  // What QEMU said last often explains why it ended.
  ReadQemuOutput();
  qemu_.reset();
  // A channel that should be off may have been used in the last moment.
  ReadResult();
  end.Update(channel_status_);
  return Verdict(end);
}

absl::Status BootSession::Start() {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair console, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(DescriptorPair monitor, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(DescriptorPair output, MakePipe());
  DescriptorPair result;
  machine_.console = Console::kSocket;
  machine_.console_fd = console.second.get();
  machine_.monitor_fd = monitor.second.get();
  if (plan_.channel == ChannelKind::kGuest || plan_.channel == ChannelKind::kOff) {
    ABSL_ASSIGN_OR_RETURN(result, MakeSocketPair());
    machine_.result_fd = result.second.get();
  }
  if (plan_.channel == ChannelKind::kGuest) HandOverNonce();
  for (const PortProbe& probe : plan_.ports) {
    ABSL_ASSIGN_OR_RETURN(const uint16_t host_port, FindFreePort());
    machine_.networking.publish.push_back({host_port, probe.port, false});
    probes_.emplace_back(probe, host_port);
  }
  argv_ = QemuCommandLine(machine_);
  SpawnOptions spawn{
      .stdout_fd = output.second.get(), .stderr_fd = output.second.get(), .kept_fds = {}};
  spawn.kept_fds = {console.second.get(), monitor.second.get()};
  if (result.second.get() >= 0) spawn.kept_fds.push_back(result.second.get());
  absl::StatusOr<Process> process = Process::Start(argv_, spawn);
  if (!process.ok()) return Failure(FailureClass::kEmulator, process.status().message());
  qemu_.emplace(*std::move(process));
  monitor_.emplace(std::move(monitor.first), qemu_->pid(), machine_.accel, options_.life);
  console_fd_ = NonBlocking(std::move(console.first));
  result_fd_ = NonBlocking(std::move(result.first));
  output_fd_ = NonBlocking(std::move(output.first));
  start_ = last_data_ = Clock::now();
  EnterPhase(Phase::kBooting, options_.ready_limit);
  return absl::OkStatus();
}

void BootSession::HandOverNonce() {
  const std::string word = absl::StrCat(kChannelWord, "=", options_.nonce);
  // What firmware boots has its command line inside.
  if (machine_.kernel.empty()) {
    machine_.smbios_texts.push_back(word);
  } else {
    machine_.cmdline = AddKernelWords(machine_.cmdline, word);
  }
}

void BootSession::EnterPhase(Phase phase, milliseconds limit) {
  phase_ = phase;
  phase_start_ = Clock::now();
  // To go down there is always some time left, or the logs would be lost.
  const milliseconds whole =
      options_.whole_limit +
      (phase == Phase::kStopping ? options_.whole_limit / 20 : milliseconds(0));
  deadline_ = std::min(phase_start_ + limit, start_ + whole);
}

absl::Status BootSession::Loop() {
  for (;;) {
    ABSL_RETURN_IF_ERROR(Advance());
    if (refused_ || over_) return absl::OkStatus();
    if (exited_) {
      // Its last bytes are in the sockets by now.
      ReadSerial();
      ReadResult();
      ReadQemuOutput();
      monitor_->Step();
      ABSL_RETURN_IF_ERROR(channel_status_);
      ABSL_RETURN_IF_ERROR(serial_.complaint());
      ABSL_RETURN_IF_ERROR(AdvanceRefused());
      AdvanceGoingDown();
      return AtExit(qemu_->Wait());
    }
    Write();
    Poll();
  }
}

absl::Status BootSession::Advance() {
  ABSL_RETURN_IF_ERROR(AdvanceComplaint());
  ABSL_RETURN_IF_ERROR(channel_status_);
  ABSL_RETURN_IF_ERROR(AdvanceMachine());
  ABSL_RETURN_IF_ERROR(expects_refusal() ? AdvanceRefused() : AdvanceBooting());
  AdvanceGoingDown();
  if (phase_ == Phase::kAsserting) AdvanceAssertions();
  if (!refused_ && !exited_ && Clock::now() >= deadline_) return AtDeadline();
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceMachine() {
  if (exited_ || phase_ == Phase::kRefused) return absl::OkStatus();
  const std::string stopped = monitor_->Stopped();
  // What runs well for a while may stop for reasons of its own.
  if (phase_ == Phase::kBooting || (phase_ == Phase::kAsserting && !monitor_->proven())) {
    KvmProblem problem = monitor_->Problem(qemu_output_);
    if (!problem.empty()) return KvmFailure(std::move(problem));
  }
  if (stopped.empty()) return absl::OkStatus();
  return Failure(
      monitor_->run_state() == "guest-panicked" ? FailureClass::kKernel : FailureClass::kEmulator,
      absl::StrCat("the guest stands still, ", stopped, QemuSays(qemu_output_)));
}

absl::Status BootSession::AdvanceBooting() {
  if (phase_ != Phase::kBooting) return absl::OkStatus();
  if (!serial_.firmware_gave_up().empty()) {
    return Failure(FailureClass::kFirmware,
                   absl::StrCat("the firmware found nothing to boot: ",
                                absl::CHexEscape(serial_.firmware_gave_up())));
  }
  if (!channel_->Ready()) return absl::OkStatus();
  EnterPhase(Phase::kAsserting, options_.assert_limit);
  boot_time_ = std::chrono::duration_cast<milliseconds>(phase_start_ - start_);
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceRefused() {
  if (!expects_refusal()) return absl::OkStatus();
  if (!transcript().empty()) {
    return Failure(
        FailureClass::kExpectation,
        absl::StrCat("the guest runs, though its boot should have been refused; it said: ",
                     FirstLine(transcript())));
  }
  if (phase_ == Phase::kBooting && serial_.AllSeen()) {
    EnterPhase(Phase::kRefused, options_.refused_watch);
  }
  const bool over = exited_ || Clock::now() >= deadline_;
  refused_ = phase_ == Phase::kRefused && over;
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceComplaint() {
  if (serial_.complaint().ok()) return absl::OkStatus();
  if (!complaint_until_) complaint_until_ = Clock::now() + kAfterComplaint;
  if (Clock::now() < *complaint_until_) return absl::OkStatus();
  return serial_.complaint();
}

void BootSession::AdvanceGoingDown() {
  if (phase_ == Phase::kStopping || !channel_->GoingDown()) return;
  if (phase_ == Phase::kAsserting) FailMissing("before the guest went down ");
  EnterPhase(Phase::kStopping, options_.shutdown_limit);
}

bool BootSession::HasFailed() const {
  return !failures_.empty() || !serial_.forbidden().empty() || !channel_->Failures().empty();
}

void BootSession::AdvanceAssertions() {
  StepProbes();
  AdvanceCommands();
  if (!hastened_ && HasFailed()) {
    hastened_ = true;
    deadline_ = std::min(deadline_, Clock::now() + options_.failed_limit);
  }
  if (MissingAssertions().empty() && channel_->Settled()) StartShutdown();
}

void BootSession::AdvanceCommands() {
  if (command_running_) {
    const std::optional<CommandResult> result = channel_->TakeResult();
    if (!result) return;
    FinishCommand(*result);
    command_running_ = false;
    ++next_command_;
  }
  if (next_command_ < plan_.commands.size()) {
    channel_->Execute(plan_.commands[next_command_]);
    command_running_ = true;
  }
}

void BootSession::FinishCommand(const CommandResult& result) {
  const PlannedCommand& command = plan_.commands[next_command_];
  const bool matches = !command.expect || command.expect->FoundIn(result.output);
  if (result.status == 0 && matches) return;
  const std::string but =
      matches ? ""
              : absl::StrCat(result.status == 0 ? ", but" : " and", " its output does not match \"",
                             command.expect->text(), "\"");
  failures_.push_back(
      Failure(FailureClass::kExpectation,
              absl::StrCat("command \"", Printable(command.shell), "\"", PlaceOf(command), " ",
                           Describe(Ending{.status = result.status, .signal = 0}), but,
                           DescribeOutput(LastLines(result.output, {}), {}))));
}

void BootSession::StartShutdown() {
  EnterPhase(Phase::kStopping, options_.shutdown_limit);
  if (channel_->PowerOff()) return;
  stopped_by_us_ = true;
  qemu_->SignalTree(SIGTERM);
}

}  // namespace linuxkit
