// What an earlier run learned about KVM on this host, so that the next one need not learn it again.
//
// It holds for one boot of the host, its kernel's release, and one QEMU: the program by path, size
// and time. Without the host's boot id nothing is remembered.
#ifndef TOOLS_QEMU_ACCEL_VERDICT_H_
#define TOOLS_QEMU_ACCEL_VERDICT_H_

#include <string>

#include "tools/qemu/command_line.h"

namespace linuxkit {

// What shows that KVM does not run a guest.
struct KvmProblem {
  std::string text;  // one line; empty: there is none
  // QEMU itself ended: it may be that KVM lacks what this machine asks for, and runs others.
  bool of_machine = false;
  std::string words;  // of QEMU's, with which `text` ends (QemuSays)

  bool empty() const { return text.empty(); }
  friend bool operator==(const KvmProblem&, const KvmProblem&) = default;
};

struct AccelMemory {
  std::string dir;      // exists; empty: nothing is remembered
  std::string qemu;     // path
  std::string machine;  // what the machine asks of KVM (MachineNeeds)
  std::string boot_id_file = "/proc/sys/kernel/random/boot_id";
};

// Why KVM did not work; empty if nothing is known against it. A problem of a machine counts for
// those that ask for the same.
std::string RememberedKvmProblem(const AccelMemory& memory);

// Where it cannot be written, the next run learns it again.
void RememberKvmProblem(const AccelMemory& memory, const KvmProblem& problem);

// What QEMU may refuse a machine under KVM for: its board, processors, memory, and devices.
std::string MachineNeeds(const Machine& machine);

// A directory for what boot tests on this host share until it reboots: their own are private, and
// sandboxed tests may write nowhere else. It is made, and belongs to this user alone. `fallback` if
// that cannot be.
std::string SharedAccelDir(const std::string& fallback, const std::string& base = "/dev/shm");

}  // namespace linuxkit

#endif  // TOOLS_QEMU_ACCEL_VERDICT_H_
