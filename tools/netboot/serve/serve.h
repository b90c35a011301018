// The servers as one: binds, tells where it is, and serves until it is told to stop.
#ifndef TOOLS_NETBOOT_SERVE_SERVE_H_
#define TOOLS_NETBOOT_SERVE_SERVE_H_

#include "absl/status/status.h"
#include "tools/netboot/serve/serve_options.h"

namespace linuxkit {

// Standard output gets the announcement, standard error a line about each request. Returns when
// `stop_fd` becomes readable.
absl::Status Serve(const ServeOptions& options, int stop_fd);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_SERVE_H_
