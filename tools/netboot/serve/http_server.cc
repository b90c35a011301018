#include "tools/netboot/serve/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// A client that moves nothing for so long gives way to others.
constexpr std::chrono::seconds kStandstill{1};
constexpr std::chrono::seconds kPause{1};

bool IsShortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

HttpServer::HttpServer(FileDescriptor listener, const ServedFiles& files, RequestLog log,
                       HttpLimits limits)
    : listener_(std::move(listener)), files_(files), log_(std::move(log)), limits_(limits) {}

void HttpServer::Await(std::vector<pollfd>& fds) {
  fds.push_back({listener_.get(), static_cast<short>(pause_end_ ? 0 : POLLIN), 0});
  for (const auto& connection : connections_) {
    fds.push_back({connection->fd(), connection->events(), 0});
  }
}

std::optional<Instant> HttpServer::Deadline() const {
  std::optional<Instant> first = pause_end_;
  for (const auto& connection : connections_) {
    if (!first || connection->deadline() < *first) first = connection->deadline();
  }
  return first;
}

void HttpServer::Handle(absl::Span<const pollfd> fds, Instant now) {
  for (size_t i = 1; i < fds.size(); ++i) {
    if (fds[i].revents != 0) connections_[i - 1]->Handle(now);
    connections_[i - 1]->EndIfOverdue(now);
  }
  const size_t ended = std::erase_if(connections_, [](const auto& c) { return c->done(); });
  const bool has_idle = std::any_of(connections_.begin(), connections_.end(),
                                    [](const auto& c) { return c->idle(); });
  if (pause_end_ && (ended > 0 || has_idle || *pause_end_ <= now)) pause_end_ = std::nullopt;
  if (fds[0].revents != 0) Accept(now);
}

void HttpServer::Accept(Instant now) {
  const bool is_full = connections_.size() >= limits_.connections;
  if (is_full && FindVictim("", now) == connections_.end()) {
    pause_end_ = now + kPause;
    return;
  }
  SocketAddress client;
  socklen_t size = client.size();
  FileDescriptor fd(accept4(listener_.get(), client.get(), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (fd.get() >= 0) return Admit(std::move(fd), client, now);
  // Otherwise the client has gone again.
  if (IsShortage(errno)) HandleShortage(now);
}

void HttpServer::Admit(FileDescriptor fd, const SocketAddress& client, Instant now) {
  is_short_ = false;
  const std::string network = client.network();
  const auto of_client =
      static_cast<size_t>(std::count_if(connections_.begin(), connections_.end(),
                                        [&](const auto& c) { return c->network() == network; }));
  const bool has_its_share = of_client >= limits_.connections_of_client;
  if (has_its_share || connections_.size() >= limits_.connections) {
    const auto victim = FindVictim(has_its_share ? network : "", now);
    if (victim == connections_.end()) {
      log_(absl::StrCat(client.host(), " refused: it has ", of_client, " connections at work"));
      return;
    }
    connections_.erase(victim);
  }
  connections_.push_back(
      std::make_unique<HttpConnection>(std::move(fd), client, files_, log_, now));
}

// The client waits in the listener's queue, so that poll would say so again at once.
void HttpServer::HandleShortage(Instant now) {
  if (!std::exchange(is_short_, true)) log_("out of descriptors: HTTP clients wait");
  if (const auto victim = FindVictim("", now); victim != connections_.end()) {
    connections_.erase(victim);
  } else {
    pause_end_ = now + kPause;
  }
}

HttpServer::Connections::iterator HttpServer::FindVictim(std::string_view network, Instant now) {
  // Idle ones go first.
  const auto order = [](const HttpConnection& c) {
    return std::make_pair(!c.idle(), c.still_since());
  };
  auto victim = connections_.end();
  for (auto c = connections_.begin(); c != connections_.end(); ++c) {
    if (!network.empty() && (*c)->network() != network) continue;
    if (!(*c)->idle() && (*c)->still_since() + kStandstill > now) continue;
    if (victim == connections_.end() || order(**c) < order(**victim)) victim = c;
  }
  return victim;
}

}  // namespace linuxkit
