// Which accelerator a machine starts with.
//
// That /dev/kvm exists and opens proves nothing, and no probe does. So `auto` starts with KVM if
// nothing speaks against it, and who runs the machine watches it (machine_monitor.h): what KVM does
// not run is started again under TCG, and remembered (accel_verdict.h).
#ifndef TOOLS_QEMU_ACCEL_H_
#define TOOLS_QEMU_ACCEL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

enum class AccelChoice { kAuto, kKvm, kTcg, kHvf };
// `source` names the flag or variable in the error.
absl::StatusOr<AccelChoice> ParseAccel(std::string_view source, std::string_view text);

struct AccelDecision {
  Accel accel = Accel::kTcg;
  std::string reason;  // one line for the user; empty if there is nothing to say
};

struct AccelHost {
  Arch guest = Arch::kX86_64;
  AccelMemory memory;
  std::string kvm_device = "/dev/kvm";
};

AccelDecision DecideAccel(AccelChoice choice, const AccelHost& host);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_ACCEL_H_
