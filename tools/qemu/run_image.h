// `bazel run //os:myimage_qemu`: from options to a running machine.
//
// First the whole machine is described without touching anything, then the files that it needs are
// made: disks, the metadata disk, UEFI variables. There --dry-run ends: it prints commands for a
// shell, which work as long as these files and the image's outputs exist. Else shares and QEMU
// start (run_machine.h).
#ifndef TOOLS_QEMU_RUN_IMAGE_H_
#define TOOLS_QEMU_RUN_IMAGE_H_

#include "absl/status/statusor.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/firmware.h"
#include "tools/qemu/run_options.h"

namespace linuxkit {

// The machine that `options` ask for. Reads the images' sizes and the command line; writes nothing.
absl::StatusOr<Machine> DescribeMachine(const RunOptions& options, const std::string& qemu);

// Runs it and returns the exit code for our own process.
absl::StatusOr<int> RunImage(RunOptions options);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_RUN_IMAGE_H_
