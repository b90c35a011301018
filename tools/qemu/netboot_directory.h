// The directory that QEMU's own TFTP server serves: links to the files of a network boot, under
// their names.
#ifndef TOOLS_QEMU_NETBOOT_DIRECTORY_H_
#define TOOLS_QEMU_NETBOOT_DIRECTORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace linuxkit {

// Replaces `directory`. Files below that of boot.ipxe keep their paths, such as
// pxelinux.cfg/default; of others the last part counts. A directory among the files stands for the
// files in it; `bootfile`, which the firmware loads, must be one of them. iPXE for UEFI finds
// boot.ipxe as autoexec.ipxe.
absl::Status FillNetbootDirectory(const std::vector<std::string>& files,
                                  const std::string& bootfile, const std::string& directory);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_NETBOOT_DIRECTORY_H_
