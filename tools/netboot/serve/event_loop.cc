#include "tools/netboot/serve/event_loop.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>

namespace linuxkit {
namespace {

// For poll: until the first deadline, rounded up so that it has passed then.
int Timeout(absl::Span<Service* const> services, Instant now) {
  std::optional<Instant> first;
  for (const Service* const service : services) {
    const std::optional<Instant> deadline = service->Deadline();
    if (deadline && (!first || *deadline < *first)) first = deadline;
  }
  if (!first) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*first - now);
  return static_cast<int>(std::clamp<int64_t>(wait.count(), 0, 60'000));
}

}  // namespace

absl::Status RunServices(absl::Span<Service* const> services, int stop_fd) {
  // sendfile(2) to a client that has gone must be an error, not the end of us.
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<pollfd> fds;
  std::vector<size_t> ends;
  while (true) {
    fds.assign({{stop_fd, POLLIN, 0}});
    ends.clear();
    for (Service* const service : services) {
      service->Await(fds);
      ends.push_back(fds.size());
    }
    const int timeout = Timeout(services, std::chrono::steady_clock::now());
    if (poll(fds.data(), fds.size(), timeout) < 0) {
      if (errno == EINTR) continue;
      return absl::ErrnoToStatus(errno, "poll");
    }
    if (fds[0].revents != 0) return absl::OkStatus();
    const Instant now = std::chrono::steady_clock::now();
    size_t begin = 1;
    for (size_t i = 0; i < services.size(); ++i) {
      services[i]->Handle(absl::MakeConstSpan(fds).subspan(begin, ends[i] - begin), now);
      begin = ends[i];
    }
  }
}

}  // namespace linuxkit
