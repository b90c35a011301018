// What a session says in the end: at a deadline, and when QEMU is gone.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/printable.h"
#include "tools/qemu/boot_session.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;

// To a tenth.
std::string Seconds(BootSession::Clock::duration duration) {
  const auto tenths = std::chrono::round<milliseconds>(duration) / 100;
  return absl::StrCat(static_cast<double>(tenths.count()) / 10.0, " s");
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

std::vector<std::string> BootSession::MissingAssertions() const {
  std::vector<std::string> missing;
  for (const std::string& text : serial_.Missing()) {
    missing.push_back(absl::StrCat("no line of the serial console matched \"", text, "\""));
  }
  for (const ServiceProbe& probe : probes_) {
    if (!probe.done()) missing.push_back(probe.Problem());
  }
  for (size_t i = next_command_; i < plan_.commands.size(); ++i) {
    missing.push_back(absl::StrCat("command \"", Printable(plan_.commands[i].shell), "\" did not ",
                                   i == next_command_ && command_running_ ? "end" : "start"));
  }
  return missing;
}

void BootSession::FailMissing(std::string_view when) {
  for (const std::string& missing : MissingAssertions()) {
    failures_.push_back(Failure(FailureClass::kExpectation, absl::StrCat(when, missing)));
  }
}

absl::Status BootSession::Verdict(const absl::Status& end) const {
  std::vector<absl::Status> all;
  if (!end.ok()) all.push_back(end);
  for (const std::vector<absl::Status>& failures :
       {channel_->Failures(), serial_.forbidden(), failures_}) {
    all.insert(all.end(), failures.begin(), failures.end());
  }
  return Combined(all);
}

absl::Status BootSession::AtDeadline() {
  const std::string after = absl::StrCat("after ", Seconds(deadline_ - phase_start_), " ");
  if (phase_ == Phase::kStopping) {
    over_ = true;
    failures_.push_back(
        Failure(FailureClass::kShutdown,
                absl::StrCat(after, "the machine is still on, though asked to go off; ",
                             channel_->Progress())));
    return absl::OkStatus();
  }
  if (phase_ == Phase::kAsserting) {
    FailMissing(after);
    if (!channel_->Settled()) {
      failures_.push_back(
          Failure(FailureClass::kGuest,
                  absl::StrCat(after, "the guest has not said which services go on running; ",
                               channel_->Progress())));
    }
  } else {
    const absl::Status late = AtDeadlineOfBoot(after);
    if (!channel_->Obeys()) return late;
    failures_.push_back(late);
  }
  StartShutdown();
  return absl::OkStatus();
}

absl::Status BootSession::AtDeadlineOfBoot(std::string_view after) const {
  if (expects_refusal()) {
    return Failure(FailureClass::kExpectation,
                   absl::StrCat(after, absl::StrJoin(MissingAssertions(), "; ")));
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

absl::Status BootSession::KvmFailure(KvmProblem problem) {
  kvm_problem_ = std::move(problem);
  return Failure(FailureClass::kEmulator,
                 absl::StrCat(kvm_problem_.text,
                              "; to run it without KVM: "
                              "--@rules_linuxkit//rules/settings:test_accel=tcg"));
}

absl::Status BootSession::AtExit(const ExitStatus& status) {
  if (refused_) return absl::OkStatus();
  if (phase_ != Phase::kStopping) {
    KvmProblem problem = monitor_->ProblemAtEnd(status, qemu_output_);
    if (!problem.empty()) return KvmFailure(std::move(problem));
  }
  if (!status.success() && !stopped_by_us_) {
    return Failure(FailureClass::kEmulator, absl::StrCat("QEMU ended with ", status.Describe(),
                                                         ": ", Printable(FirstLine(qemu_output_))));
  }
  if (phase_ == Phase::kStopping) {
    const absl::Status shutdown = channel_->CheckShutdown(serial_.PoweredDown());
    if (!shutdown.ok()) failures_.push_back(shutdown);
    return absl::OkStatus();
  }
  if (expects_refusal()) {
    return Failure(
        FailureClass::kExpectation,
        absl::StrCat("the machine went off, and ", absl::StrJoin(MissingAssertions(), "; ")));
  }
  if (!serial_.KernelSpoke()) {
    return Failure(FailureClass::kFirmware,
                   "the machine went off before a kernel wrote to the serial console");
  }
  const bool was_ready = phase_ == Phase::kAsserting;
  if (was_ready) FailMissing("when the machine went off ");
  return Failure(
      FailureClass::kGuest,
      absl::StrCat("the machine went off before the test was over (a reboot counts as that)",
                   was_ready ? "" : absl::StrCat("; ", channel_->Progress())));
}

}  // namespace linuxkit
