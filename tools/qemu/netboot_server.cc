#include "tools/qemu/netboot_server.h"

#include <errno.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

uint16_t AnnouncedPort(std::string_view text) {
  constexpr std::string_view kStart = "http://127.0.0.1:";
  const size_t at = text.find(kStart);
  if (at == text.npos) return 0;
  const std::string_view rest = text.substr(at + kStart.size());
  uint32_t port = 0;
  const size_t end = rest.find('/');
  if (end == rest.npos || !absl::SimpleAtoi(rest.substr(0, end), &port) || port > 65535) return 0;
  return static_cast<uint16_t>(port);
}

absl::StatusOr<NetbootServer> NetbootServer::Start(const std::string& program,
                                                   const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair output, MakePipe());
  const std::vector<std::string> argv = {program, "--bind=127.0.0.1", "--http-port=0", "--no-tftp",
                                         absl::StrCat("--directory=", directory)};
  SpawnOptions options;
  options.stdout_fd = output.second.get();
  ABSL_ASSIGN_OR_RETURN(Process process, Process::Start(argv, options));
  output.second = FileDescriptor();
  std::string text;
  for (char buffer[4096];;) {
    const ssize_t got = read(output.first.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer, static_cast<size_t>(got));
    if (const uint16_t port = AnnouncedPort(text); port != 0) {
      return NetbootServer(std::move(process), std::move(output.first), port);
    }
  }
  return absl::InternalError(absl::StrCat(program, " ended with ", process.Wait().Describe(),
                                          " and did not say where it serves; it said: ", text));
}

std::string NetbootServer::Url(std::string_view file) const {
  return absl::StrCat("http://10.0.2.2:", port_, "/", file);
}

}  // namespace linuxkit
