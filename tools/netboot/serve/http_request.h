// Heads of HTTP/1.x requests (RFC 9112), as strictly as a server of files may read them: request
// line and fields, no body.
//
//   const absl::StatusOr<HttpRequest> request = ParseHttpRequest("GET /kernel HTTP/1.0\r\n\r\n");
//
// Memory and time are linear in the head, which the caller bounds by kMaxHttpHead.
#ifndef TOOLS_NETBOOT_SERVE_HTTP_REQUEST_H_
#define TOOLS_NETBOOT_SERVE_HTTP_REQUEST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

// RFC 9112, 3 recommends 8000 octets for the request line alone; no boot loader comes near.
inline constexpr size_t kMaxHttpHead = 8 * 1024;

struct HttpRequest {
  std::string method;
  // As it came, for the log.
  std::string target;
  // Decoded, without query: "/pxelinux.cfg/default".
  std::string path;
  bool keep_alive = false;
  // The field Range, if the request has one that counts.
  std::optional<std::string> range;
};

// `head` ends with its empty line. An error has a message for the client, and a code that
// HttpStatusOfError knows.
absl::StatusOr<HttpRequest> ParseHttpRequest(std::string_view head);

// 400, 413, 431 or 505.
int HttpStatusOfError(const absl::Status& error);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_HTTP_REQUEST_H_
