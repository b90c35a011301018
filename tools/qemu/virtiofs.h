// Directories of the host shared with the guest: one virtiofsd a directory, reached by QEMU over a
// socket.
#ifndef TOOLS_QEMU_VIRTIOFS_H_
#define TOOLS_QEMU_VIRTIOFS_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/qemu/process.h"

namespace linuxkit {

// `override_path` (of --virtiofsd) if not empty, else where distributions put it.
absl::StatusOr<std::string> FindVirtiofsd(const std::string& override_path);

// Serves `dir` on the socket `socket_path`, which exists and listens when this returns: nobody has
// to wait for it. The program ends by itself when QEMU closes the connection.
absl::StatusOr<Process> StartVirtiofsd(const std::string& virtiofsd, const std::string& dir,
                                       const std::string& socket_path);

// The same as shell commands, for --dry-run.
absl::StatusOr<std::string> VirtiofsdCommands(const std::string& virtiofsd, const std::string& dir,
                                              const std::string& socket_path);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_VIRTIOFS_H_
