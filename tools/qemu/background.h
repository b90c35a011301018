// Starts a machine in the background: QEMU goes there itself, after it has set everything up, so
// that its errors are ours. Under KVM it is watched until its guest lives.
#ifndef TOOLS_QEMU_BACKGROUND_H_
#define TOOLS_QEMU_BACKGROUND_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/guest_life.h"

namespace linuxkit {

struct BackgroundEnd {
  pid_t pid = -1;          // of QEMU, which runs on
  KvmProblem kvm_problem;  // KVM did not run the guest, and QEMU was ended
};

// `machine` is complete but for its monitor, daemonizes itself, and has a console file and a pid
// file.
absl::StatusOr<BackgroundEnd> RunInBackground(Machine machine, const LifeLimits& limits);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_BACKGROUND_H_
