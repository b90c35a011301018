#include "runtime/net/netlink.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// Attributes and messages start at multiples of this (NLMSG_ALIGNTO, RTA_ALIGNTO).
constexpr size_t kAlignment = 4;

template <typename T>
void StoreAt(std::string& bytes, size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

Fd OpenSocket() { return Fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)); }

ifinfomsg AnyLink() {
  ifinfomsg info{};
  info.ifi_family = AF_UNSPEC;
  return info;
}

}  // namespace

NetlinkMessage::NetlinkMessage(uint16_t type, uint16_t flags) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK);
  Append(header);
}

NetlinkMessage& NetlinkMessage::AppendBytes(std::string_view bytes) {
  bytes_.append(bytes);
  bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
  return *this;
}

NetlinkMessage& NetlinkMessage::Attribute(uint16_t type, std::string_view value) {
  rtattr header{};
  header.rta_len = static_cast<uint16_t>(sizeof(header) + value.size());
  header.rta_type = type;
  return Append(header).AppendBytes(value);
}

NetlinkMessage& NetlinkMessage::Attribute(uint16_t type, uint32_t value) {
  return Attribute(type, {reinterpret_cast<const char*>(&value), sizeof(value)});
}

NetlinkMessage& NetlinkMessage::Text(uint16_t type, const std::string& value) {
  return Attribute(type, {value.c_str(), value.size() + 1});
}

NetlinkMessage& NetlinkMessage::Nested(uint16_t type,
                                       const std::function<void(NetlinkMessage&)>& fill) {
  const size_t start = bytes_.size();
  Attribute(type, std::string_view());
  fill(*this);
  StoreAt(bytes_, start + offsetof(rtattr, rta_len), static_cast<uint16_t>(bytes_.size() - start));
  return *this;
}

std::string NetlinkMessage::Bytes() const {
  std::string bytes = bytes_;
  StoreAt(bytes, offsetof(nlmsghdr, nlmsg_len), static_cast<uint32_t>(bytes.size()));
  return bytes;
}

absl::StatusOr<Netlink> Netlink::Open() {
  Fd fd = OpenSocket();
  if (!fd.ok()) return SystemError(errno, "open rtnetlink");
  return Netlink(std::move(fd));
}

absl::StatusOr<Netlink> Netlink::OpenIn(pid_t pid) {
  const std::string path = absl::StrCat("/proc/", pid, "/ns/net");
  const Fd own(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  const Fd other(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!own.ok() || !other.ok()) return SystemError(errno, path);
  if (setns(other.get(), CLONE_NEWNET) != 0) return SystemError(errno, "enter " + path);
  // The socket keeps the namespace it was made in.
  absl::StatusOr<Netlink> netlink = Open();
  if (setns(own.get(), CLONE_NEWNET) != 0) return SystemError(errno, "leave " + path);
  return netlink;
}

absl::Status Netlink::Request(const NetlinkMessage& message) {
  const std::string bytes = message.Bytes();
  if (send(fd_.get(), bytes.data(), bytes.size(), 0) < 0) return SystemError(errno, "rtnetlink");
  std::array<char, 8192> buffer;
  const ssize_t size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) return SystemError(errno, "rtnetlink");
  nlmsghdr header;
  nlmsgerr answer;
  if (static_cast<size_t>(size) < sizeof(header) + sizeof(answer.error)) {
    return absl::DataLossError(absl::StrCat("rtnetlink: found an answer of ", size,
                                            " bytes, expected an acknowledgement"));
  }
  std::memcpy(&header, buffer.data(), sizeof(header));
  std::memcpy(&answer.error, buffer.data() + sizeof(header), sizeof(answer.error));
  if (header.nlmsg_type != NLMSG_ERROR) {
    return absl::DataLossError(absl::StrCat("rtnetlink: found an answer of type ",
                                            header.nlmsg_type, ", expected an acknowledgement"));
  }
  return answer.error == 0 ? absl::OkStatus() : SystemError(-answer.error, "rtnetlink");
}

NetlinkMessage NewLink(const Link& link) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.Append(AnyLink()).Text(IFLA_IFNAME, link.name);
  message.Nested(IFLA_LINKINFO, [&link](NetlinkMessage& info) {
    info.Attribute(IFLA_INFO_KIND, std::string_view(link.type));
    if (link.peer.empty()) return;
    info.Nested(IFLA_INFO_DATA, [&link](NetlinkMessage& data) {
      data.Nested(VETH_INFO_PEER, [&link](NetlinkMessage& peer) {
        peer.Append(AnyLink()).Text(IFLA_IFNAME, link.peer);
      });
    });
  });
  return message;
}

NetlinkMessage MoveLink(const std::string& name, pid_t pid) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  message.Append(AnyLink())
      .Text(IFLA_IFNAME, name)
      .Attribute(IFLA_NET_NS_PID, static_cast<uint32_t>(pid));
  return message;
}

NetlinkMessage SetLinkUp(const std::string& name) {
  ifinfomsg info = AnyLink();
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  NetlinkMessage message(RTM_NEWLINK, 0);
  message.Append(info).Text(IFLA_IFNAME, name);
  return message;
}

absl::Status BringUpLoopback() {
  absl::StatusOr<Netlink> netlink = Netlink::Open();
  if (!netlink.ok()) return netlink.status();
  ifaddrmsg info{};
  info.ifa_family = AF_INET;
  info.ifa_prefixlen = 8;
  info.ifa_scope = RT_SCOPE_HOST;
  info.ifa_index = if_nametoindex("lo");
  constexpr std::string_view kAddress("\x7f\0\0\1", 4);
  NetlinkMessage address(RTM_NEWADDR, NLM_F_CREATE);
  address.Append(info).Attribute(IFA_LOCAL, kAddress).Attribute(IFA_ADDRESS, kAddress);
  absl::Status status = netlink->Request(SetLinkUp("lo"));
  // The kernel gives `lo` this address when it comes up; then there is nothing left to do.
  absl::Status added = netlink->Request(address);
  if (!absl::IsAlreadyExists(added)) status.Update(added);
  return status;
}

}  // namespace linuxkit
