// IPv4 and IPv6 addresses with a port, and sockets that are bound to them.
#ifndef TOOLS_NETBOOT_SERVE_SOCKET_ADDRESS_H_
#define TOOLS_NETBOOT_SERVE_SOCKET_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/file.h"

namespace linuxkit {

class SocketAddress {
 public:
  // Nothing; to be filled by a system call through `get` and `size`.
  SocketAddress() = default;
  // "192.0.2.7", "::1"; names are not looked up.
  static absl::StatusOr<SocketAddress> Parse(const std::string& host, uint16_t port);

  int family() const { return storage_.ss_family; }
  uint16_t port() const;
  // "192.0.2.7", "2001:db8::1".
  std::string host() const;
  // What limits of a client count: an IPv4 address, also if IPv6 carries it, or the 64 bits of an
  // IPv6 address that name a network, since a machine may take any of the others: "192.0.2.7",
  // "2001:db8::/64".
  std::string network() const;
  // "192.0.2.7:80", "[2001:db8::1]:80".
  std::string text() const;
  // Stands for all addresses of the machine.
  bool is_wildcard() const;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const;

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) {
    return a.text() == b.text();
  }

 private:
  sockaddr_storage storage_ = {};
};

// A socket that does not block, bound to `address`, and listening if `type` is SOCK_STREAM. IPv6's
// wildcard takes IPv4 too.
absl::StatusOr<FileDescriptor> BindSocket(int type, const SocketAddress& address);

// What the socket is bound to, with the port that the system has chosen.
absl::StatusOr<SocketAddress> BoundAddress(const FileDescriptor& socket);

// IPv4 addresses of this machine's networks, without loopback, in the system's order.
std::vector<std::string> LocalAddresses();

// "[2001:db8::1]", "192.0.2.7": as URLs have it.
std::string UrlHost(const std::string& host);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_SOCKET_ADDRESS_H_
