// What a session says in the end: at a deadline, and when QEMU is gone.
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
  if (!serial_.KernelSpoke() && machine_.kernel.empty()) {
    return Failure(FailureClass::kFirmware,
                   absl::StrCat(after,
                                "nothing but the firmware has written to the serial console; does "
                                "it boot the medium, and has the command line console=ttyS0?"));
  }
  if (!serial_.KernelSpoke()) {
    return Failure(
        FailureClass::kFirmware,
        absl::StrCat(
            after, "the kernel has written nothing to the serial console; does the command line \"",
            machine_.cmdline, "\" have console=ttyS0?"));
  }
  return Failure(FailureClass::kDeadline,
                 absl::StrCat(after, "the guest is not ready; ", channel_->Progress()));
}

absl::Status BootSession::AtExit(const ExitStatus& status) {
  if (refused_) return absl::OkStatus();
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
