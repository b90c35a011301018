// The command line of a kernel that QEMU loads itself.
#ifndef TOOLS_QEMU_KERNEL_CMDLINE_H_
#define TOOLS_QEMU_KERNEL_CMDLINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

// What `file` has, nothing if that is empty, with more words for the kernel.
absl::StatusOr<std::string> KernelCmdline(const std::string& file,
                                          const std::vector<std::string>& words);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_KERNEL_CMDLINE_H_
