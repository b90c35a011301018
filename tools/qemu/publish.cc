#include "tools/qemu/publish.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <set>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

absl::Status PublishError(std::string_view text, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("--publish=", text, ": ", problem));
}

absl::StatusOr<uint16_t> ParsePort(std::string_view text, std::string_view side,
                                   std::string_view word) {
  int port = 0;
  if (!absl::SimpleAtoi(word, &port) || port < 1 || port > 65535) {
    return PublishError(
        text, absl::StrCat(side, " port \"", word, "\" is not a port; expected 1 to 65535"));
  }
  return static_cast<uint16_t>(port);
}

struct BoundSocket {
  FileDescriptor fd;
  int error = 0;  // errno, 0 if bound
  uint16_t port = 0;
};

BoundSocket BindLoopback(uint16_t port, bool udp) {
  BoundSocket bound{
      FileDescriptor(socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0))};
  const int on = 1;
  // As QEMU does it: a port that only lingers in TIME_WAIT is free.
  if (!udp) setsockopt(bound.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  sockaddr* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(bound.fd.get(), generic, size) < 0 || getsockname(bound.fd.get(), generic, &size) < 0) {
    bound.error = errno;
  }
  bound.port = ntohs(address.sin_port);
  return bound;
}

// Another port worth trying: 8080 becomes 18080.
int OtherPort(uint16_t port) { return port <= 55535 ? port + 10000 : port - 10000; }

absl::Status CheckFree(const Publish& publish) {
  const BoundSocket bound = BindLoopback(publish.host_port, publish.udp);
  if (bound.error == 0) return absl::OkStatus();
  const std::string why = bound.error == EADDRINUSE ? "is in use on this host"
                          : bound.error == EACCES
                              ? "needs root on this host"
                              : absl::StrCat("cannot be bound: errno ", bound.error);
  return absl::FailedPreconditionError(absl::StrCat(
      "--publish=", PublishText(publish), ": port ", publish.host_port, " of 127.0.0.1 ", why,
      "; choose another host port, for example --publish=", OtherPort(publish.host_port), ":",
      publish.guest_port, publish.udp ? "/udp" : "", ", or --publish=none"));
}

}  // namespace

absl::StatusOr<Publish> ParsePublish(std::string_view text) {
  const std::pair<std::string_view, std::string_view> ports_and_protocol =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  const std::vector<std::string_view> ports = absl::StrSplit(ports_and_protocol.first, ':');
  const std::string_view protocol = ports_and_protocol.second;
  if (ports.size() != 2 || text.ends_with('/')) {
    return PublishError(text, "expected HOST:GUEST[/tcp|udp], for example --publish=8080:80");
  }
  if (protocol != "" && protocol != "tcp" && protocol != "udp") {
    return PublishError(
        text, absl::StrCat("protocol \"", protocol, "\" is not known; expected tcp or udp"));
  }
  Publish publish{.udp = protocol == "udp"};
  ABSL_ASSIGN_OR_RETURN(publish.host_port, ParsePort(text, "host", ports[0]));
  ABSL_ASSIGN_OR_RETURN(publish.guest_port, ParsePort(text, "guest", ports[1]));
  return publish;
}

std::string PublishText(const Publish& publish) {
  return absl::StrCat(publish.host_port, ":", publish.guest_port, publish.udp ? "/udp" : "/tcp");
}

std::string PublishedText(const std::vector<Publish>& publishes) {
  return absl::StrCat("published ",
                      absl::StrJoin(publishes, ", ", [](std::string* text, const Publish& publish) {
                        absl::StrAppend(text, "127.0.0.1:", publish.host_port, " -> ",
                                        publish.guest_port, publish.udp ? "/udp" : "");
                      }));
}

absl::Status CheckHostPortsFree(const std::vector<Publish>& publishes) {
  std::set<std::pair<uint16_t, bool>> seen;
  for (const Publish& publish : publishes) {
    if (!seen.insert({publish.host_port, publish.udp}).second) {
      return PublishError(PublishText(publish),
                          absl::StrCat("host port ", publish.host_port,
                                       " is published twice; give each its own host port"));
    }
    ABSL_RETURN_IF_ERROR(CheckFree(publish));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint16_t> FindFreePort() {
  const BoundSocket bound = BindLoopback(0, /*udp=*/false);
  if (bound.error != 0) return absl::ErrnoToStatus(bound.error, "cannot find a free loopback port");
  return bound.port;
}

}  // namespace linuxkit
