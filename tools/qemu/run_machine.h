// From a described machine to an exit code: runs it in the foreground or in the background, watches
// it, and starts it again under TCG if KVM does not run it.
#ifndef TOOLS_QEMU_RUN_MACHINE_H_
#define TOOLS_QEMU_RUN_MACHINE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/run_options.h"

namespace linuxkit {

// "run: " and the line, on the standard error stream.
void Say(std::string_view line);

// Where runs with these options remember what they learned about KVM.
AccelMemory MemoryOf(const RunOptions& options, const Machine& machine);

// The files of `machine` exist. What serves its shared directories is started here, for each start
// anew.
absl::StatusOr<int> RunMachine(const RunOptions& options, Machine machine);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_RUN_MACHINE_H_
