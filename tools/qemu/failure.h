// What kind of thing went wrong in a boot test. The class is the first word a person reads, and
// often all that is needed: an [emulator] failure is the machine's, a [guest] failure the image's,
// an [expectation] failure the service's.
//
//   return Failure(FailureClass::kGuest, "service \"web\" could not be started: no such file");
//   FailureLine(status)   // FAIL [guest]: service "web" could not be started: no such file
#ifndef TOOLS_QEMU_FAILURE_H_
#define TOOLS_QEMU_FAILURE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace linuxkit {

enum class FailureClass {
  kEmulator,     // QEMU could not start, or ended with an error of its own
  kFirmware,     // nothing but the firmware wrote to the serial console
  kKernel,       // the kernel panicked, lost part of the initrd, or reported a bug
  kGuest,        // PID 1, a container or the test channel misbehaved
  kExpectation,  // the guest ran, but did not do what the plan asks for
  kDeadline,     // the guest did not become ready in time
  kShutdown,     // all assertions held, but the guest did not go down cleanly
};

absl::Status Failure(FailureClass failure_class, std::string_view message);

// All of them as one, of the class of the first; OK if there is none.
absl::Status Combined(absl::Span<const absl::Status> failures);

// The class of a status made by `Failure`; nothing for any other.
std::optional<FailureClass> FailureClassOf(const absl::Status& status);

// The first line of what a program or a guest has said, for a message.
std::string FirstLine(std::string_view text);

// "FAIL [class]: message", or "FAIL: message" for a status without a class. Combined failures have
// such a line each.
std::string FailureLine(const absl::Status& status);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FAILURE_H_
