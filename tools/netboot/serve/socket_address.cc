#include "tools/netboot/serve/socket_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Clients that wait to be accepted while all connections are taken.
constexpr int kBacklog = 128;

std::string HostText(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    sockaddr_in ipv4;
    std::memcpy(&ipv4, address, sizeof ipv4);
    inet_ntop(AF_INET, &ipv4.sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 ipv6;
    std::memcpy(&ipv6, address, sizeof ipv6);
    inet_ntop(AF_INET6, &ipv6.sin6_addr, text, sizeof text);
  }
  return text;
}

absl::Status CannotBind(int type, const SocketAddress& address) {
  return absl::ErrnoToStatus(
      errno,
      absl::StrCat("cannot bind ", type == SOCK_STREAM ? "TCP" : "UDP", " ", address.text()));
}

}  // namespace

absl::StatusOr<SocketAddress> SocketAddress::Parse(const std::string& host, uint16_t port) {
  SocketAddress address;
  sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
    std::memcpy(&address.storage_, &ipv4, sizeof ipv4);
  } else if (inet_pton(AF_INET6, host.c_str(), &ipv6.sin6_addr) == 1) {
    std::memcpy(&address.storage_, &ipv6, sizeof ipv6);
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", host, "\" is no address; expected one such as 192.0.2.7, 0.0.0.0 or ::"));
  }
  return address;
}

uint16_t SocketAddress::port() const {
  // Both kinds have it in the same place.
  sockaddr_in ipv4;
  std::memcpy(&ipv4, &storage_, sizeof ipv4);
  return ntohs(ipv4.sin_port);
}

std::string SocketAddress::host() const { return HostText(get()); }

std::string SocketAddress::network() const {
  if (family() != AF_INET6) return host();
  sockaddr_in6 ipv6;
  std::memcpy(&ipv6, &storage_, sizeof ipv6);
  if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) return host().substr(std::strlen("::ffff:"));
  std::memset(&ipv6.sin6_addr.s6_addr[8], 0, 8);
  return absl::StrCat(HostText(reinterpret_cast<const sockaddr*>(&ipv6)), "/64");
}

std::string SocketAddress::text() const { return absl::StrCat(UrlHost(host()), ":", port()); }

bool SocketAddress::is_wildcard() const { return host() == "0.0.0.0" || host() == "::"; }

socklen_t SocketAddress::size() const {
  switch (family()) {
    case AF_INET:
      return sizeof(sockaddr_in);
    case AF_INET6:
      return sizeof(sockaddr_in6);
    default:
      return sizeof(sockaddr_storage);
  }
}

absl::StatusOr<FileDescriptor> BindSocket(int type, const SocketAddress& address) {
  FileDescriptor fd(socket(address.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return CannotBind(type, address);
  const int on = 1;
  const int off = 0;
  // A server that was just stopped leaves connections behind that hold the port.
  if (type == SOCK_STREAM) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6) {
    setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(fd.get(), address.get(), address.size()) != 0) return CannotBind(type, address);
  if (type == SOCK_STREAM && listen(fd.get(), kBacklog) != 0) return CannotBind(type, address);
  return fd;
}

absl::StatusOr<SocketAddress> BoundAddress(const FileDescriptor& socket) {
  SocketAddress address;
  socklen_t size = address.size();
  if (getsockname(socket.get(), address.get(), &size) != 0) {
    return absl::ErrnoToStatus(errno, "getsockname");
  }
  return address;
}

std::vector<std::string> LocalAddresses() {
  std::vector<std::string> hosts;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return hosts;
  const absl::Cleanup free_list = [list] { freeifaddrs(list); };
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const bool is_up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
    if (!is_up || entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    hosts.push_back(HostText(entry->ifa_addr));
  }
  return hosts;
}

std::string UrlHost(const std::string& host) {
  return host.find(':') == host.npos ? host : absl::StrCat("[", host, "]");
}

}  // namespace linuxkit
