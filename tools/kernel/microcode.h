// CPU microcode that the kernel loads before anything else: an uncompressed cpio archive at the start of the initrd.
//
// The kernel's early scanner compares names exactly (arch/x86/kernel/cpu/microcode/), so an archive from elsewhere is
// checked and not just passed on.
#ifndef TOOLS_KERNEL_MICROCODE_H_
#define TOOLS_KERNEL_MICROCODE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

// An archive of the vendors' blobs; an empty one is left out. Blobs that do not look like that vendor's are errors.
absl::StatusOr<std::string> MakeMicrocodeArchive(std::string_view intel, std::string_view amd);

// Checks that `archive` is uncompressed newc with the microcode under the names the kernel looks for. Errors name
// `name`.
absl::Status CheckMicrocodeArchive(std::string_view name, std::string_view archive);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_MICROCODE_H_
