// What a failed boot test prints: the verdict first, then what a person needs to find the cause
// without running it again.
#ifndef TOOLS_QEMU_FAILURE_REPORT_H_
#define TOOLS_QEMU_FAILURE_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "tools/qemu/boot_session.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

// `qemu --version`, its first line.
std::string QemuVersion(const std::string& qemu);

std::string FailureReport(const absl::Status& verdict, const BootSession& session,
                          const Machine& machine);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FAILURE_REPORT_H_
