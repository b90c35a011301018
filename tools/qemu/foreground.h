// Runs a machine in the foreground: QEMU has our terminal, gets the signals sent to us, and is
// watched. What the console and QEMU itself write passes through us. The terminal's settings are as
// before when it has ended, however it ended.
#ifndef TOOLS_QEMU_FOREGROUND_H_
#define TOOLS_QEMU_FOREGROUND_H_

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/process.h"

namespace linuxkit {

struct ForegroundOptions {
  LifeLimits life;
  // After which a silent console is explained.
  std::chrono::milliseconds silence = std::chrono::seconds(20);
  // Whether QEMU's own words wait until the guest lives. What it says about an accelerator that is
  // then replaced is no news.
  bool hold_back = false;
  // Called once, when QEMU has set up the machine.
  std::function<void()> on_start;
  // Called once, when the guest shows life.
  std::function<void()> on_life;
};

// One of the first three says how it ended.
struct ForegroundEnd {
  ExitStatus status;        // of QEMU, which ended by itself
  KvmProblem kvm_problem;   // KVM did not run the guest, and QEMU was ended
  std::string stopped;      // the guest stood still for this reason, and QEMU was ended
  bool on_purpose = false;  // MachineMonitor::EndsOnPurpose
  std::string words;        // what QEMU said (QemuSays)
};

// `machine` is complete but for its monitor.
absl::StatusOr<ForegroundEnd> RunForeground(Machine machine, const ForegroundOptions& options);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FOREGROUND_H_
