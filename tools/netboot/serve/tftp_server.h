// A TFTP server that only reads: RFC 1350 in octet mode, with the options of tftp_packet.h.
//
// A fixed number of transfers at a time, and a smaller one for each client (an address, or a
// network of IPv6). One more takes the place of the transfer that has stood still for longest, a
// second at least: one of its own client if that has all it may have. If there is none, the client
// is told that the server is busy.
#ifndef TOOLS_NETBOOT_SERVE_TFTP_SERVER_H_
#define TOOLS_NETBOOT_SERVE_TFTP_SERVER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/request_log.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/netboot/serve/socket_address.h"
#include "tools/netboot/serve/tftp_transfer.h"

namespace linuxkit {

// See HttpLimits.
struct TftpLimits {
  size_t transfers = 192;
  size_t transfers_of_client = 48;
};

class TftpServer : public Service {
 public:
  // `socket` comes from BindSocket. `files` must outlive the server.
  TftpServer(FileDescriptor socket, const ServedFiles& files, RequestLog log,
             TftpLimits limits = {});

  void Await(std::vector<pollfd>& fds) override;
  std::optional<Instant> Deadline() const override;
  void Handle(absl::Span<const pollfd> fds, Instant now) override;

 private:
  // A request, and the addresses between which its transfer goes.
  struct Datagram {
    std::string bytes;
    SocketAddress client;
    SocketAddress server;
  };
  struct Session {
    FileDescriptor socket;
    SocketAddress client;
    std::string network;
    std::string file;
    TftpTransfer transfer;
  };
  std::optional<Datagram> Receive();
  void Answer(const Datagram& request, Instant now);
  absl::Status Begin(const Datagram& datagram, const TftpReadRequest& request, Instant now);
  absl::Status MakeRoom(const std::string& network, Instant now);
  void GoOn(Session& session, Instant now);
  void LogEnd(const Session& session) const;

  FileDescriptor socket_;
  const ServedFiles& files_;
  RequestLog log_;
  TftpLimits limits_;
  std::vector<Session> sessions_;
};

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_TFTP_SERVER_H_
