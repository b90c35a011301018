// An HTTP/1.1 server for files: GET and HEAD, one range, connections that stay open.
//
// A fixed number of connections at a time, and a smaller one for each client (an address, or a
// network of IPv6). One more takes the place of a connection that is idle or has stood still for a
// second, the longest first: one of its own client if that has all it may have. If there is none,
// it is closed, or waits to be accepted if the server is full. Out of descriptors, the server drops
// a connection in the same way or accepts nobody until one of its own ends, or for a second.
#ifndef TOOLS_NETBOOT_SERVE_HTTP_SERVER_H_
#define TOOLS_NETBOOT_SERVE_HTTP_SERVER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tools/base/file.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/http_connection.h"
#include "tools/netboot/serve/request_log.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/netboot/serve/socket_address.h"

namespace linuxkit {

// With those of TFTP they need less than 1024 descriptors, the usual limit of a process: each
// client may have a socket and a file.
struct HttpLimits {
  size_t connections = 256;
  size_t connections_of_client = 64;
};

class HttpServer : public Service {
 public:
  // `listener` comes from BindSocket. `files` must outlive the server.
  HttpServer(FileDescriptor listener, const ServedFiles& files, RequestLog log,
             HttpLimits limits = {});

  void Await(std::vector<pollfd>& fds) override;
  std::optional<Instant> Deadline() const override;
  void Handle(absl::Span<const pollfd> fds, Instant now) override;

 private:
  using Connections = std::vector<std::unique_ptr<HttpConnection>>;

  void Accept(Instant now);
  void Admit(FileDescriptor fd, const SocketAddress& client, Instant now);
  void HandleShortage(Instant now);
  // The connection to be dropped first; `network` if it is not empty must be the client's.
  Connections::iterator FindVictim(std::string_view network, Instant now);

  FileDescriptor listener_;
  const ServedFiles& files_;
  RequestLog log_;
  HttpLimits limits_;
  Connections connections_;
  // Nobody is accepted until then.
  std::optional<Instant> pause_end_;
  // Has been logged.
  bool is_short_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_HTTP_SERVER_H_
