// An HTTP/1.1 server for files: GET and HEAD, one range, connections that stay open. A fixed number
// of clients at a time; one more takes the place of the client that has been idle for longest, or
// waits to be accepted.
#ifndef TOOLS_NETBOOT_SERVE_HTTP_SERVER_H_
#define TOOLS_NETBOOT_SERVE_HTTP_SERVER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "tools/base/file.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/http_connection.h"
#include "tools/netboot/serve/request_log.h"
#include "tools/netboot/serve/served_files.h"

namespace linuxkit {

class HttpServer : public Service {
 public:
  // `listener` comes from BindSocket. `files` must outlive the server.
  HttpServer(FileDescriptor listener, const ServedFiles& files, RequestLog log,
             size_t most_connections = 256);

  void Await(std::vector<pollfd>& fds) override;
  std::optional<Instant> Deadline() const override;
  void Handle(absl::Span<const pollfd> fds, Instant now) override;

 private:
  void Accept(Instant now);
  bool MakeRoom();

  FileDescriptor listener_;
  const ServedFiles& files_;
  RequestLog log_;
  size_t most_connections_;
  std::vector<std::unique_ptr<HttpConnection>> connections_;
};

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_HTTP_SERVER_H_
