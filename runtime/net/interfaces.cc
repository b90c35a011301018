#include "runtime/net/interfaces.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/net/netlink.h"

namespace linuxkit {
namespace {

absl::Status InContext(const absl::Status& status, std::string_view action) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(action, ": ", status.message()));
}

absl::Status Create(absl::StatusOr<Netlink> netlink, const Link& link) {
  if (!netlink.ok()) return netlink.status();
  return InContext(netlink->Request(NewLink(link)),
                   absl::StrCat("create ", link.type, " interface ", link.name));
}

absl::Status Move(const std::string& name, pid_t pid) {
  absl::StatusOr<Netlink> netlink = Netlink::Open();
  if (!netlink.ok()) return netlink.status();
  return InContext(netlink->Request(MoveLink(name, pid)),
                   absl::StrCat("move interface ", name, " to process ", pid));
}

}  // namespace

absl::Status ProvideInterface(const Interface& interface, pid_t pid) {
  if (interface.name.empty()) {
    return absl::InvalidArgumentError("an interface has no name; set interfaces.name");
  }
  Link link{interface.name, interface.add, interface.peer};
  if (link.type.empty() && !link.peer.empty()) link.type = "veth";
  if (link.type.empty()) return Move(link.name, pid);
  const bool is_veth = link.type == "veth";
  if (is_veth && link.peer.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("interface ", link.name, " is a veth without a peer; set interfaces.peer"));
  }
  if (!is_veth) link.peer.clear();
  if (!is_veth && !interface.create_in_root) return Create(Netlink::OpenIn(pid), link);
  if (absl::Status status = Create(Netlink::Open(), link); !status.ok()) return status;
  return Move(link.name, pid);
}

}  // namespace linuxkit
