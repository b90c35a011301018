// A port of the guest made reachable on the host: `--publish=HOST:GUEST[/tcp|udp]`, LinuxKit's
// notation.
//
// Unlike LinuxKit, which logs a bad entry and then starts the machine with no port at all, each
// mistake is an error.
#ifndef TOOLS_QEMU_PUBLISH_H_
#define TOOLS_QEMU_PUBLISH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

struct Publish {
  uint16_t host_port = 0;
  uint16_t guest_port = 0;
  bool udp = false;

  friend bool operator==(const Publish&, const Publish&) = default;
};

absl::StatusOr<Publish> ParsePublish(std::string_view text);

// "8080:80/tcp"
std::string PublishText(const Publish& publish);
// "published 127.0.0.1:8080 -> 80, 127.0.0.1:5353 -> 53/udp"
std::string PublishedText(const std::vector<Publish>& publishes);

// Fails if a host port is asked for twice, or if another program holds it on 127.0.0.1 at this
// moment. QEMU would fail later with a message that names neither the flag nor a way out.
absl::Status CheckHostPortsFree(const std::vector<Publish>& publishes);

// A TCP port of 127.0.0.1 that nothing listens on.
absl::StatusOr<uint16_t> FindFreePort();

}  // namespace linuxkit

#endif  // TOOLS_QEMU_PUBLISH_H_
