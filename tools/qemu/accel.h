// Which accelerator a machine runs with.
//
// That /dev/kvm exists and opens proves nothing: under some hypervisors a KVM guest hangs for ever
// after the firmware. So `auto` boots a 512-byte sector under KVM that ends QEMU through a port
// write, and believes only that. The result is kept in the state directory until the host reboots.
#ifndef TOOLS_QEMU_ACCEL_H_
#define TOOLS_QEMU_ACCEL_H_

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

enum class AccelChoice { kAuto, kKvm, kTcg, kHvf };
// `source` names the flag or variable in the error.
absl::StatusOr<AccelChoice> ParseAccel(std::string_view source, std::string_view text);

struct AccelDecision {
  Accel accel = Accel::kTcg;
  std::string reason;  // one line for the user; empty if there is nothing to say
};

struct AccelProbe {
  std::string qemu;
  Arch guest = Arch::kX86_64;
  std::string state_dir;  // exists; holds the probe's disk and its result
  std::string kvm_device = "/dev/kvm";
  std::string boot_id_file = "/proc/sys/kernel/random/boot_id";
  std::chrono::milliseconds limit = std::chrono::seconds(3);
};

AccelDecision DecideAccel(AccelChoice choice, const AccelProbe& probe);

// The boot sector: writes 0x10 to port 0xf4, where isa-debug-exit turns it into QEMU's exit
// status 33.
std::array<char, 512> ProbeBootSector();

}  // namespace linuxkit

#endif  // TOOLS_QEMU_ACCEL_H_
