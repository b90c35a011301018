// Requests to the kernel about network links, over rtnetlink.
//
//   absl::StatusOr<Netlink> netlink = Netlink::Open();
//   netlink->Request(NewLink({.name = "eth1", .type = "veth", .peer = "veth1"}));
//
// A message is a header, a fixed structure and attributes (length, type, value; padded to 4 bytes),
// which may nest. See rtnetlink(7) and linux/if_link.h.
#ifndef RUNTIME_NET_NETLINK_H_
#define RUNTIME_NET_NETLINK_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/base/fd.h"

namespace linuxkit {

// Builds one request that the kernel answers with an acknowledgement.
class NetlinkMessage {
 public:
  NetlinkMessage(uint16_t type, uint16_t flags);

  // Appends a fixed structure (ifinfomsg, ifaddrmsg).
  template <typename T>
  NetlinkMessage& Append(const T& value) {
    return AppendBytes({reinterpret_cast<const char*>(&value), sizeof(value)});
  }
  NetlinkMessage& Attribute(uint16_t type, std::string_view value);
  NetlinkMessage& Attribute(uint16_t type, uint32_t value);
  // A text attribute, with the zero byte at its end.
  NetlinkMessage& Text(uint16_t type, const std::string& value);
  // An attribute made of what `fill` appends.
  NetlinkMessage& Nested(uint16_t type, const std::function<void(NetlinkMessage&)>& fill);

  // The finished message.
  std::string Bytes() const;

 private:
  NetlinkMessage& AppendBytes(std::string_view bytes);

  std::string bytes_;
};

class Netlink {
 public:
  // For the network namespace of this process.
  static absl::StatusOr<Netlink> Open();
  // For the network namespace of another process; this one is in its own again when the call
  // returns.
  static absl::StatusOr<Netlink> OpenIn(pid_t pid);

  // Sends and waits for the acknowledgement. The error has the code of the kernel's errno.
  absl::Status Request(const NetlinkMessage& message);

 private:
  explicit Netlink(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

struct Link {
  std::string name;
  // "veth", "dummy", "wireguard", "bridge"...
  std::string type;
  // The other end of a veth pair; empty for other types.
  std::string peer;
};

NetlinkMessage NewLink(const Link& link);
// Moves an existing link of the socket's namespace to that of process `pid`.
NetlinkMessage MoveLink(const std::string& name, pid_t pid);
NetlinkMessage SetLinkUp(const std::string& name);

// 127.0.0.1/8 on `lo`, and the link up.
absl::Status BringUpLoopback();

}  // namespace linuxkit

#endif  // RUNTIME_NET_NETLINK_H_
