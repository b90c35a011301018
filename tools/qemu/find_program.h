// Programs of the host that we run.
#ifndef TOOLS_QEMU_FIND_PROGRAM_H_
#define TOOLS_QEMU_FIND_PROGRAM_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// The path of `name` in PATH. The error names the Debian package that brings it.
absl::StatusOr<std::string> FindProgram(std::string_view name, std::string_view debian_package);

// The emulator for a machine type ("x86_64", "aarch64"): `override_path` (of --qemu) if not empty,
// else from PATH.
absl::StatusOr<std::string> FindQemu(std::string_view arch, std::string_view override_path);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FIND_PROGRAM_H_
