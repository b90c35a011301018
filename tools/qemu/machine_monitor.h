// Watches one QEMU: talks QMP to it, looks at its guest for signs of life, and says what is wrong.
// Belongs into the poll() loop of whoever runs the machine:
//
//   MachineMonitor monitor(fd, pid, Accel::kKvm, limits);
//   pollfd entry = {monitor.fd(), monitor.events(), 0};    // until next_time()
//   monitor.Step();
//   monitor.Problem("").text   // "KVM stopped a guest with run state internal-error"
//
// KVM is never believed. What shows that it does not work: QEMU stops the guest with run state
// internal-error, QEMU ends before its guest shows life, or the guest shows none (guest_life.h).
#ifndef TOOLS_QEMU_MACHINE_MONITOR_H_
#define TOOLS_QEMU_MACHINE_MONITOR_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tools/base/file.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/process.h"
#include "tools/qemu/qmp.h"

namespace linuxkit {

class MachineMonitor {
 public:
  using Clock = GuestLife::Clock;

  // `fd`: the other end of QEMU's monitor; -1 if it has none. `pid`: of QEMU.
  MachineMonitor(FileDescriptor fd, pid_t pid, Accel accel, const LifeLimits& limits);

  int fd() const { return fd_.get(); }
  short events() const;
  // When Step() has something to do although nothing came.
  Clock::time_point next_time() const;
  // Reads and writes what can be read and written without waiting, and looks at the guest.
  void Step();
  // What the console said: bytes of the firmware, or a line of the kernel's.
  void SeeConsole(bool kernel_spoke);
  void SeeProof() { life_.SeeProof(); }

  // "running" and others; empty while QEMU has said nothing.
  const std::string& run_state() const { return qmp_.run_state(); }
  bool proven() const { return life_.proven(); }

  // Whether QEMU has said that it ends because its guest powered off or somebody ended it. A reset
  // is also what a processor does that finds no way on.
  bool EndsOnPurpose() const;
  // Why the guest stands still and will not go on by itself, as "run state io-error (disk0: write:
  // No space left on device)"; empty if that is not so.
  std::string Stopped() const;
  // What shows that KVM does not run this guest; empty if nothing does. `qemu_output`: what QEMU
  // wrote to its standard streams.
  KvmProblem Problem(std::string_view qemu_output) const;
  // The same when QEMU has ended; `status` is empty if it is not known.
  KvmProblem ProblemAtEnd(const std::optional<ExitStatus>& status,
                          std::string_view qemu_output) const;

 private:
  void Read();
  void Write();
  void LookAtGuest(Clock::time_point now);

  FileDescriptor fd_;
  const pid_t pid_;
  const Accel accel_;
  const LifeLimits limits_;
  Qmp qmp_;
  GuestLife life_;
  Clock::time_point next_look_;
};

// The problem with KVM when QEMU has ended early; `status` is empty if it is not known.
KvmProblem EndedBeforeLife(const std::optional<ExitStatus>& status, std::string_view qemu_output);

// ": " and the line of QEMU's output that says most, printable; empty if there is none.
std::string QemuSays(std::string_view output);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_MACHINE_MONITOR_H_
