// Runs a program in the foreground as if it were us: it has our terminal, gets the signals sent to
// us, and its exit status becomes ours. The terminal's settings are as before when it has ended,
// however it ended.
#ifndef TOOLS_QEMU_FOREGROUND_H_
#define TOOLS_QEMU_FOREGROUND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/process.h"

namespace linuxkit {

absl::StatusOr<ExitStatus> RunForeground(const std::vector<std::string>& argv);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FOREGROUND_H_
