#include "tools/netboot/serve/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "tools/netboot/serve/socket_address.h"

namespace linuxkit {

HttpServer::HttpServer(FileDescriptor listener, const ServedFiles& files, RequestLog log,
                       size_t most_connections)
    : listener_(std::move(listener)),
      files_(files),
      log_(std::move(log)),
      most_connections_(most_connections) {}

void HttpServer::Await(std::vector<pollfd>& fds) {
  const bool has_room =
      connections_.size() < most_connections_ ||
      std::any_of(
          connections_.begin(), connections_.end(), [](const auto& c) { return c->idle(); });
  fds.push_back({listener_.get(), static_cast<short>(has_room ? POLLIN : 0), 0});
  for (const auto& connection : connections_) {
    fds.push_back({connection->fd(), connection->events(), 0});
  }
}

std::optional<Instant> HttpServer::Deadline() const {
  const auto first =
      std::min_element(connections_.begin(), connections_.end(),
                       [](const auto& a, const auto& b) { return a->deadline() < b->deadline(); });
  if (first == connections_.end()) return std::nullopt;
  return (*first)->deadline();
}

void HttpServer::Handle(absl::Span<const pollfd> fds, Instant now) {
  for (size_t i = 1; i < fds.size(); ++i) {
    if (fds[i].revents != 0) connections_[i - 1]->Handle(now);
  }
  std::erase_if(connections_, [now](const auto& c) { return c->done() || c->deadline() <= now; });
  if (fds[0].revents != 0) Accept(now);
}

void HttpServer::Accept(Instant now) {
  if (!MakeRoom()) return;
  SocketAddress client;
  socklen_t size = client.size();
  FileDescriptor fd(accept4(listener_.get(), client.get(), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  // The client may have gone again.
  if (fd.get() < 0) return;
  connections_.push_back(
      std::make_unique<HttpConnection>(std::move(fd), client.host(), files_, log_, now));
}

// The first one to be dropped is the one that has been idle for longest.
bool HttpServer::MakeRoom() {
  if (connections_.size() < most_connections_) return true;
  auto longest = connections_.end();
  for (auto c = connections_.begin(); c != connections_.end(); ++c) {
    if (!(*c)->idle()) continue;
    if (longest == connections_.end() || (*c)->deadline() < (*longest)->deadline()) longest = c;
  }
  if (longest == connections_.end()) return false;
  connections_.erase(longest);
  return true;
}

}  // namespace linuxkit
