// What `bazel run //os:myimage_serve -- FLAGS` was asked to do: the rule's params file first, then
// the user's flags. --port and --directory are those of `linuxkit serve`.
#ifndef TOOLS_NETBOOT_SERVE_SERVE_OPTIONS_H_
#define TOOLS_NETBOOT_SERVE_SERVE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/flag_table.h"
#include "tools/qemu/paths.h"

namespace linuxkit {

struct ServeOptions {
  std::string name = "linuxkit";
  std::string bind = "0.0.0.0";
  // 0 is any port that is free.
  uint16_t http_port = 8080;
  // Without one: 69, or any port if we may not have that.
  std::optional<uint16_t> tftp_port;
  bool no_tftp = false;
  // Pairs of the name to serve and the path.
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<std::string> directories;
  bool quiet = false;
  bool help = false;
};

absl::StatusOr<ServeOptions> ParseServeOptions(const std::vector<FlagWord>& words,
                                               const Paths& paths);

// The text of --help.
std::string ServeHelp();

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_SERVE_OPTIONS_H_
