#include "tools/netboot/serve/serve.h"

#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/netboot/serve/announcement.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/http_server.h"
#include "tools/netboot/serve/request_log.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/netboot/serve/socket_address.h"
#include "tools/netboot/serve/tftp_server.h"

namespace linuxkit {
namespace {

constexpr uint16_t kTftpPort = 69;

void Say(std::string_view line) { std::fprintf(stderr, "serve: %s\n", std::string(line).c_str()); }

absl::StatusOr<ServedFiles> CollectFiles(const ServeOptions& options) {
  ServedFiles files(options.name);
  for (const std::string& directory : options.directories) {
    ABSL_RETURN_IF_ERROR(files.AddDirectory(directory));
  }
  for (const auto& [name, path] : options.files) ABSL_RETURN_IF_ERROR(files.Add(name, path));
  if (!files.empty()) return files;
  return absl::InvalidArgumentError(
      "nothing to serve: expected --file or --directory (the rule gives files; run it with \"bazel "
      "run //path:NAME_serve\")");
}

absl::Status WithAdvice(const absl::Status& status, std::string_view advice) {
  return absl::Status(status.code(), absl::StrCat(status.message(), "; ", advice));
}

absl::StatusOr<FileDescriptor> BindHttp(const ServeOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const SocketAddress address,
                        SocketAddress::Parse(options.bind, options.http_port));
  absl::StatusOr<FileDescriptor> socket = BindSocket(SOCK_STREAM, address);
  if (socket.ok()) return socket;
  return WithAdvice(socket.status(), "give another port with --http-port (0 is any free one)");
}

absl::StatusOr<FileDescriptor> BindTftp(const ServeOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const SocketAddress address,
                        SocketAddress::Parse(options.bind, options.tftp_port.value_or(kTftpPort)));
  absl::StatusOr<FileDescriptor> socket = BindSocket(SOCK_DGRAM, address);
  if (socket.ok()) return socket;
  if (options.tftp_port) {
    return WithAdvice(socket.status(),
                      "give another port with --tftp-port (0 is any free one), or --no-tftp");
  }
  Say(absl::StrCat(socket.status().message(), "; TFTP takes another port"));
  ABSL_ASSIGN_OR_RETURN(const SocketAddress any, SocketAddress::Parse(options.bind, 0));
  return BindSocket(SOCK_DGRAM, any);
}

Announcement Describe(const ServeOptions& options, const SocketAddress& http) {
  Announcement where{.name = options.name, .http_port = http.port()};
  if (!http.is_wildcard()) {
    where.hosts = {http.host()};
    // Only the loopback address has another name in QEMU's network.
    if (http.host() != "127.0.0.1") where.guest_host = http.host();
    return where;
  }
  where.hosts = LocalAddresses();
  if (where.hosts.empty()) where.hosts = {"127.0.0.1"};
  return where;
}

}  // namespace

absl::Status Serve(const ServeOptions& options, int stop_fd) {
  ABSL_ASSIGN_OR_RETURN(const ServedFiles files, CollectFiles(options));
  const RequestLog log = [&options](std::string_view line) {
    if (!options.quiet) Say(line);
  };
  ABSL_ASSIGN_OR_RETURN(FileDescriptor http_socket, BindHttp(options));
  ABSL_ASSIGN_OR_RETURN(const SocketAddress http_address, BoundAddress(http_socket));
  Announcement where = Describe(options, http_address);
  HttpServer http(std::move(http_socket), files, log);
  std::vector<Service*> services = {&http};
  std::unique_ptr<TftpServer> tftp;
  if (!options.no_tftp) {
    ABSL_ASSIGN_OR_RETURN(FileDescriptor socket, BindTftp(options));
    ABSL_ASSIGN_OR_RETURN(const SocketAddress address, BoundAddress(socket));
    where.tftp_port = address.port();
    tftp = std::make_unique<TftpServer>(std::move(socket), files, log);
    services.push_back(tftp.get());
  }
  std::fputs(Announce(where, files).c_str(), stdout);
  std::fflush(stdout);
  return RunServices(services, stop_fd);
}

}  // namespace linuxkit
