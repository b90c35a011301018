// What a session says in the end: at a deadline, and when QEMU is gone.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/qemu/boot_session.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;

std::string Seconds(milliseconds duration) {
  return absl::StrCat(static_cast<double>(duration.count()) / 1000.0, " s");
}

// What to look at when no kernel has written to the console, though the machine runs.
std::string ConsoleAdvice(const Machine& machine) {
  if (machine.kernel.empty()) {
    return "does it boot the medium, and has the command line console=ttyS0?";
  }
  if (machine.cmdline.find("console=ttyS0") == std::string::npos) {
    return absl::StrCat("does the command line \"", machine.cmdline, "\" have console=ttyS0?");
  }
  return absl::StrCat(
      "the command line \"", machine.cmdline,
      "\" has console=ttyS0, so it is slow or hangs; a test of a slow host gets more "
      "time with --@rules_linuxkit//rules/settings:test_deadline_percent=300");
}

}  // namespace

// What still has to hold, one clause each; empty if everything does.
std::string BootSession::MissingAssertions() const {
  std::vector<std::string> missing;
  for (const std::string& text : serial_.Missing()) {
    missing.push_back(absl::StrCat("no line of the serial console matched \"", text, "\""));
  }
  for (const ServiceProbe& probe : probes_) {
    if (!probe.done()) missing.push_back(probe.Problem());
  }
  if (next_command_ < plan_.commands.size()) {
    missing.push_back(
        absl::StrCat("command \"", plan_.commands[next_command_].shell, "\" did not end"));
  }
  return absl::StrJoin(missing, "; ");
}

absl::Status BootSession::AtDeadline() const {
  const std::string after = absl::StrCat("after ", Seconds(phase_limit_), " ");
  if (phase_ == Phase::kAsserting) {
    return Failure(FailureClass::kExpectation, absl::StrCat(after, MissingAssertions()));
  }
  if (phase_ == Phase::kStopping) {
    return Failure(FailureClass::kShutdown,
                   absl::StrCat(after, "the machine is still on, though asked to go off; ",
                                channel_->Progress()));
  }
  return AtDeadlineOfBoot(after);
}

absl::Status BootSession::AtDeadlineOfBoot(std::string_view after) const {
  if (expects_refusal()) {
    return Failure(FailureClass::kExpectation, absl::StrCat(after, MissingAssertions()));
  }
  if (!serial_.KernelSpoke()) {
    return Failure(
        FailureClass::kFirmware,
        absl::StrCat(after,
                     machine_.kernel.empty() ? "nothing but the firmware has written"
                                             : "the kernel has written nothing",
                     " to the serial console (", MachineState(), "); ", ConsoleAdvice(machine_)));
  }
  return Failure(FailureClass::kDeadline,
                 absl::StrCat(after, "the guest is not ready; ", channel_->Progress()));
}

std::string BootSession::MachineState() const {
  const std::string& state = monitor_->run_state();
  return absl::StrCat(AccelName(machine_.accel), ", run state ", state.empty() ? "unknown" : state);
}

absl::Status BootSession::KvmFailure(std::string problem) {
  kvm_problem_ = std::move(problem);
  return Failure(FailureClass::kEmulator,
                 absl::StrCat(kvm_problem_,
                              "; to run it without KVM: "
                              "--@rules_linuxkit//rules/settings:test_accel=tcg"));
}

absl::Status BootSession::AtExit(const ExitStatus& status) {
  if (refused_) return absl::OkStatus();
  if (phase_ != Phase::kStopping) {
    std::string problem = monitor_->KvmProblemAtEnd(status, qemu_output_);
    if (!problem.empty()) return KvmFailure(std::move(problem));
  }
  if (!status.success() && !stopped_by_us_) {
    return Failure(FailureClass::kEmulator, absl::StrCat("QEMU ended with ", status.Describe(),
                                                         ": ", FirstLine(qemu_output_)));
  }
  if (phase_ == Phase::kStopping) return channel_->CheckShutdown(serial_.PoweredDown());
  if (expects_refusal()) {
    return Failure(FailureClass::kExpectation,
                   absl::StrCat("the machine went off, and ", MissingAssertions()));
  }
  if (!serial_.KernelSpoke()) {
    return Failure(FailureClass::kFirmware,
                   "the machine went off before a kernel wrote to the serial console");
  }
  const std::string missing = MissingAssertions();
  return Failure(
      FailureClass::kGuest,
      absl::StrCat("the machine went off before the test was over (a reboot counts as that); ",
                   phase_ == Phase::kBooting ? channel_->Progress() : missing));
}

}  // namespace linuxkit
