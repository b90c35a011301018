// One thread that serves many descriptors: services say what they wait for, and poll(2) says which
// may go on. Each round costs time linear in the number of descriptors, which the services bound.
#ifndef TOOLS_NETBOOT_SERVE_EVENT_LOOP_H_
#define TOOLS_NETBOOT_SERVE_EVENT_LOOP_H_

#include <poll.h>

#include <chrono>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace linuxkit {

using Instant = std::chrono::steady_clock::time_point;

class Service {
 public:
  virtual ~Service() = default;
  // Appends what it waits for.
  virtual void Await(std::vector<pollfd>& fds) = 0;
  // When it wants to be called even if nothing happens; nullopt for never.
  virtual std::optional<Instant> Deadline() const = 0;
  // `fds` are those that Await has appended, with their answers.
  virtual void Handle(absl::Span<const pollfd> fds, Instant now) = 0;
};

// Returns when `stop_fd` becomes readable. An error is poll's.
absl::Status RunServices(absl::Span<Service* const> services, int stop_fd);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_EVENT_LOOP_H_
