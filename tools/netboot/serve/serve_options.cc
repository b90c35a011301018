#include "tools/netboot/serve/serve_options.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

absl::StatusOr<uint16_t> ParsePort(std::string_view flag, std::string_view value) {
  uint32_t port = 0;
  if (absl::SimpleAtoi(value, &port) && port <= 65535) return static_cast<uint16_t>(port);
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": expected a port from 0 to 65535; 0 is any free one"));
}

// "8080", ":8080", "192.0.2.7:8080".
absl::Status SetAddress(std::string_view value, ServeOptions& options) {
  const size_t colon = value.rfind(':');
  if (colon != value.npos && colon > 0) options.bind = value.substr(0, colon);
  const std::string_view port = value.substr(colon == value.npos ? 0 : colon + 1);
  ABSL_ASSIGN_OR_RETURN(options.http_port, ParsePort("port", port));
  return absl::OkStatus();
}

absl::Status AddFile(const FlagUse& use, const Paths& paths, ServeOptions& options) {
  const size_t equals = use.value.find('=');
  if (equals == use.value.npos || equals == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--file=", use.value, ": expected --file=NAME=FILE"));
  }
  const std::string_view path = std::string_view(use.value).substr(equals + 1);
  options.files.emplace_back(use.value.substr(0, equals),
                             use.from_rule ? paths.OfRule(path) : paths.OfUser(path));
  return absl::OkStatus();
}

std::vector<Flag> ServeFlags(const Paths& paths, ServeOptions& o) {
  return {
      {"http-port", "N", "TCP port of HTTP (default 8080); 0 is any free one",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.http_port, ParsePort("http-port", use.value));
         return absl::OkStatus();
       }},
      {"port", "[ADDRESS]:N", "the same and --bind in one, as linuxkit serve has it",
       [&o](const FlagUse& use) { return SetAddress(use.value, o); }},
      {"tftp-port", "N", "UDP port of TFTP (default 69, or any free one if 69 cannot be had)",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.tftp_port, ParsePort("tftp-port", use.value));
         return absl::OkStatus();
       }},
      {"no-tftp", "", "HTTP alone",
       [&o](const FlagUse& use) {
         o.no_tftp = use.value == "true";
         return absl::OkStatus();
       }},
      {"bind", "ADDRESS", "the address to listen on (default 0.0.0.0, all of IPv4)",
       [&o](const FlagUse& use) {
         o.bind = use.value;
         return absl::OkStatus();
       }},
      {"directory", "DIR", "serves the files below it too; repeatable",
       [&o, &paths](const FlagUse& use) {
         o.directories.push_back(use.from_rule ? paths.OfRule(use.value) : paths.OfUser(use.value));
         return absl::OkStatus();
       }},
      {"file", "NAME=FILE", "serves a file under a name; repeatable, the image gives its own",
       [&o, &paths](const FlagUse& use) { return AddFile(use, paths, o); }},
      {"quiet", "", "no line about each request",
       [&o](const FlagUse& use) {
         o.quiet = use.value == "true";
         return absl::OkStatus();
       }},
      {"name", "NAME", "given by the image: the title of the index page",
       [&o](const FlagUse& use) {
         o.name = use.value;
         return absl::OkStatus();
       }},
      {"help", "", "prints this",
       [&o](const FlagUse& use) {
         o.help = use.value == "true";
         return absl::OkStatus();
       }},
  };
}

}  // namespace

absl::StatusOr<ServeOptions> ParseServeOptions(const std::vector<FlagWord>& words,
                                               const Paths& paths) {
  ServeOptions options;
  ABSL_RETURN_IF_ERROR(ApplyFlags(ServeFlags(paths, options), words));
  if (options.no_tftp && options.tftp_port) {
    return absl::InvalidArgumentError("--no-tftp and --tftp-port exclude each other; give one");
  }
  return options;
}

std::string ServeHelp() {
  const Paths paths;
  ServeOptions options;
  return absl::StrCat(
      "Serves a LinuxKit image to machines that boot from the network, by HTTP and TFTP.\n"
      "\n"
      "  bazel run //os:myimage_serve -- --http-port=8000 --no-tftp\n"
      "\n",
      FlagHelp(ServeFlags(paths, options)));
}

}  // namespace linuxkit
