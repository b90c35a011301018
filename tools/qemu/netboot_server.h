// The project's own network boot server, as a child process on a free port of 127.0.0.1, for guests
// of QEMU's user network: to them the host is 10.0.2.2.
#ifndef TOOLS_QEMU_NETBOOT_SERVER_H_
#define TOOLS_QEMU_NETBOOT_SERVER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/qemu/process.h"

namespace linuxkit {

class NetbootServer {
 public:
  // Returns when it listens; it says where on its standard output, as http://127.0.0.1:PORT/. It
  // ends with this object.
  static absl::StatusOr<NetbootServer> Start(const std::string& program,
                                             const std::string& directory);

  std::string Url(std::string_view file) const;

 private:
  NetbootServer(Process process, FileDescriptor output, uint16_t port)
      : process_(std::move(process)), output_(std::move(output)), port_(port) {}

  Process process_;
  FileDescriptor output_;  // kept open: the server must not be ended by its own words
  uint16_t port_;
};

// The port in the first "http://127.0.0.1:PORT/" of a text; 0 if there is none yet.
uint16_t AnnouncedPort(std::string_view text);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_NETBOOT_SERVER_H_
