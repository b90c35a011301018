// What the server tells at its start: where it is, and what to write into the configuration of a
// DHCP server so that machines boot from it.
#ifndef TOOLS_NETBOOT_SERVE_ANNOUNCEMENT_H_
#define TOOLS_NETBOOT_SERVE_ANNOUNCEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/netboot/serve/served_files.h"

namespace linuxkit {

struct Announcement {
  std::string name;
  // By which the network reaches us; the first one stands in the examples.
  std::vector<std::string> hosts;
  // By which a guest of QEMU's user network does.
  std::string guest_host = "10.0.2.2";
  uint16_t http_port = 8080;
  std::optional<uint16_t> tftp_port;
};

std::string Announce(const Announcement& where, const ServedFiles& files);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_ANNOUNCEMENT_H_
