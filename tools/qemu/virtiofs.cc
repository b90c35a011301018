#include "tools/qemu/virtiofs.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/shell_quote.h"

namespace linuxkit {
namespace {

absl::Status CheckShare(const std::string& dir, const std::string& socket_path) {
  std::error_code error;
  if (!std::filesystem::is_directory(dir, error)) {
    return absl::NotFoundError(absl::StrCat("--virtiofs=", dir, ": expected a directory"));
  }
  constexpr size_t kLimit = sizeof sockaddr_un{}.sun_path - 1;
  if (socket_path.size() <= kLimit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--virtiofs: the socket path ", socket_path,
                                                 " is longer than ", kLimit,
                                                 " bytes; give a shorter directory with --state"));
}

absl::StatusOr<FileDescriptor> Listen(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  unlink(path.c_str());  // of an earlier run
  FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
      listen(listener.get(), 1) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot listen on ", path));
  }
  return listener;
}

}  // namespace

absl::StatusOr<std::string> FindVirtiofsd(const std::string& override_path) {
  if (!override_path.empty()) return override_path;
  std::error_code error;
  for (const char* path : {"/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"}) {
    if (std::filesystem::exists(path, error)) return std::string(path);
  }
  return FindProgram("virtiofsd", "virtiofsd");
}

absl::StatusOr<Process> StartVirtiofsd(const std::string& virtiofsd, const std::string& dir,
                                       const std::string& socket_path) {
  ABSL_RETURN_IF_ERROR(CheckShare(dir, socket_path));
  ABSL_ASSIGN_OR_RETURN(const FileDescriptor listener, Listen(socket_path));
  SpawnOptions options;
  options.kept_fds = {listener.get()};
  options.parent_death_signal = 0;
  return Process::Start(
      {virtiofsd, absl::StrCat("--fd=", listener.get()), absl::StrCat("--shared-dir=", dir)},
      options);
}

absl::StatusOr<std::string> VirtiofsdCommands(const std::string& virtiofsd, const std::string& dir,
                                              const std::string& socket_path) {
  ABSL_RETURN_IF_ERROR(CheckShare(dir, socket_path));
  const std::string socket = ShellQuote(socket_path);
  const std::string server = ShellQuoteAll(
      {virtiofsd, absl::StrCat("--socket-path=", socket_path), absl::StrCat("--shared-dir=", dir)});
  return absl::StrCat("rm -f ", socket, "\n", server, " &\nuntil [ -S ", socket,
                      " ]; do sleep 1; done\n");
}

}  // namespace linuxkit
