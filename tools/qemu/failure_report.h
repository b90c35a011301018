// What a boot test prints. If it failed: the verdict first, then what a person needs to find the
// cause without running it again.
#ifndef TOOLS_QEMU_FAILURE_REPORT_H_
#define TOOLS_QEMU_FAILURE_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "tools/qemu/boot_session.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

// `qemu --version`, its first line.
std::string QemuVersion(const std::string& qemu);

// "PASS: ready after 9.3 s, accelerator tcg, 512 MiB of memory", and what became of the services.
std::string PassReport(const BootSession& session, const Machine& machine);

std::string FailureReport(const absl::Status& verdict, const BootSession& session,
                          const Machine& machine);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FAILURE_REPORT_H_
