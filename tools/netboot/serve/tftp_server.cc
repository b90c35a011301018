// Each transfer has a socket of its own: its port is the transfer's identifier (RFC 1350, 4). It is
// bound to the address that the request came to, because clients take answers from there alone.
#include "tools/netboot/serve/tftp_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Requests taken in one turn.
constexpr int kMostRequestsAtOnce = 32;
// A transfer that moves nothing for so long gives way to others.
constexpr std::chrono::seconds kStandstill{1};

// Makes the system say which address a datagram came to.
void WantDestination(const FileDescriptor& socket) {
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  setsockopt(socket.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

// That address with port 0; `fallback` if the system does not say.
SocketAddress Destination(msghdr& message, const SocketAddress& fallback) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    SocketAddress address;
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      // The local one even if the datagram was a broadcast.
      const sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_addr = info.ipi_spec_dst};
      std::memcpy(address.get(), &ipv4, sizeof ipv4);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      const sockaddr_in6 ipv6 = {
          .sin6_family = AF_INET6, .sin6_addr = info.ipi6_addr, .sin6_scope_id = info.ipi6_ifindex};
      std::memcpy(address.get(), &ipv6, sizeof ipv6);
    }
    if (address.family() == fallback.family()) return address;
  }
  return fallback;
}

// A datagram that does not get out is as good as lost on its way.
struct SocketSender {
  const FileDescriptor& socket;
  void operator()(std::string_view packet) const {
    send(socket.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
};

absl::StatusOr<FileDescriptor> ConnectedSocket(const SocketAddress& from, const SocketAddress& to) {
  ABSL_ASSIGN_OR_RETURN(FileDescriptor fd, BindSocket(SOCK_DGRAM, from));
  if (connect(fd.get(), to.get(), to.size()) == 0) return fd;
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot connect to ", to.text()));
}

}  // namespace

TftpServer::TftpServer(FileDescriptor socket, const ServedFiles& files, RequestLog log,
                       TftpLimits limits)
    : socket_(std::move(socket)), files_(files), log_(std::move(log)), limits_(limits) {
  WantDestination(socket_);
}

void TftpServer::Await(std::vector<pollfd>& fds) {
  fds.push_back({socket_.get(), POLLIN, 0});
  for (const Session& session : sessions_) fds.push_back({session.socket.get(), POLLIN, 0});
}

std::optional<Instant> TftpServer::Deadline() const {
  const auto first =
      std::min_element(sessions_.begin(), sessions_.end(), [](const Session& a, const Session& b) {
        return a.transfer.deadline() < b.transfer.deadline();
      });
  if (first == sessions_.end()) return std::nullopt;
  return first->transfer.deadline();
}

void TftpServer::Handle(absl::Span<const pollfd> fds, Instant now) {
  for (size_t i = 1; i < fds.size(); ++i) {
    Session& session = sessions_[i - 1];
    if (fds[i].revents != 0) GoOn(session, now);
    if (!session.transfer.done() && session.transfer.deadline() <= now) {
      session.transfer.HandleTimeout(now, SocketSender{session.socket});
    }
    if (session.transfer.done()) LogEnd(session);
  }
  std::erase_if(sessions_, [](const Session& session) { return session.transfer.done(); });
  if (fds[0].revents == 0) return;
  for (int i = 0; i < kMostRequestsAtOnce; ++i) {
    const std::optional<Datagram> request = Receive();
    if (!request) return;
    Answer(*request, now);
  }
}

void TftpServer::GoOn(Session& session, Instant now) {
  // An acknowledgement has four bytes; an error's text does not matter.
  char buffer[64];
  const ssize_t got = recv(session.socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  // An error is the client's system saying that nobody listens there; the deadline deals with it.
  if (got < 0) return;
  session.transfer.HandlePacket(std::string_view(buffer, static_cast<size_t>(got)), now,
                                SocketSender{session.socket});
}

std::optional<TftpServer::Datagram> TftpServer::Receive() {
  // One byte more than a request may have, so that a longer one is seen to be longer.
  char buffer[kMaxTftpRequest + 1];
  alignas(cmsghdr) char control[256];
  Datagram datagram;
  iovec part = {.iov_base = buffer, .iov_len = sizeof buffer};
  msghdr message = {.msg_name = datagram.client.get(),
                    .msg_namelen = datagram.client.size(),
                    .msg_iov = &part,
                    .msg_iovlen = 1,
                    .msg_control = control,
                    .msg_controllen = sizeof control};
  const ssize_t got = recvmsg(socket_.get(), &message, MSG_DONTWAIT);
  if (got < 0) return std::nullopt;
  datagram.bytes.assign(buffer, static_cast<size_t>(got));
  const absl::StatusOr<SocketAddress> any =
      SocketAddress::Parse(datagram.client.family() == AF_INET ? "0.0.0.0" : "::", 0);
  datagram.server = Destination(message, *any);
  return datagram;
}

void TftpServer::Answer(const Datagram& datagram, Instant now) {
  const absl::StatusOr<TftpReadRequest> request = ParseTftpRequest(datagram.bytes);
  const absl::Status status = request.ok() ? Begin(datagram, *request, now) : request.status();
  if (status.ok()) return;
  log_(absl::StrCat(datagram.client.host(), " TFTP ",
                    request.ok() ? absl::CHexEscape(request->file) : "(no read request)", ": ",
                    status.message()));
  const std::string packet = TftpError(TftpErrorOf(status), status.message());
  sendto(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
         datagram.client.get(), datagram.client.size());
}

absl::Status TftpServer::Begin(const Datagram& datagram, const TftpReadRequest& request,
                               Instant now) {
  // A request that comes twice is the client's repetition; ours answers it.
  const bool is_known = std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& s) {
    return s.client == datagram.client && s.file == request.file;
  });
  if (is_known) return absl::OkStatus();
  const std::string* const path = files_.Find(request.file);
  if (path == nullptr) return absl::NotFoundError("no such file");
  const std::string network = datagram.client.network();
  ABSL_RETURN_IF_ERROR(MakeRoom(network, now));
  absl::StatusOr<InputFile> file = InputFile::Open(*path);
  if (!file.ok()) return absl::InternalError("the file cannot be read");
  ABSL_ASSIGN_OR_RETURN(FileDescriptor socket, ConnectedSocket(datagram.server, datagram.client));
  log_(absl::StrCat(datagram.client.host(), " TFTP ", request.file));
  sessions_.push_back({.socket = std::move(socket),
                       .client = datagram.client,
                       .network = network,
                       .file = request.file,
                       .transfer = TftpTransfer(*std::move(file), request)});
  sessions_.back().transfer.Start(now, SocketSender{sessions_.back().socket});
  return absl::OkStatus();
}

absl::Status TftpServer::MakeRoom(const std::string& network, Instant now) {
  const auto of_client = static_cast<size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [&](const Session& session) { return session.network == network; }));
  const bool has_its_share = of_client >= limits_.transfers_of_client;
  if (!has_its_share && sessions_.size() < limits_.transfers) return absl::OkStatus();
  auto victim = sessions_.end();
  for (auto s = sessions_.begin(); s != sessions_.end(); ++s) {
    if (has_its_share && s->network != network) continue;
    if (s->transfer.still_since() + kStandstill > now) continue;
    if (victim == sessions_.end() || s->transfer.still_since() < victim->transfer.still_since()) {
      victim = s;
    }
  }
  if (victim == sessions_.end()) {
    return absl::UnavailableError(
        has_its_share ? absl::StrCat("the server is busy with ", of_client, " files of yours")
                      : "the server is busy");
  }
  LogEnd(*victim);
  sessions_.erase(victim);
  return absl::OkStatus();
}

void TftpServer::LogEnd(const Session& session) const {
  if (session.transfer.succeeded()) return;
  log_(absl::StrCat(session.client.host(), " TFTP ", session.file, " given up"));
}

}  // namespace linuxkit
