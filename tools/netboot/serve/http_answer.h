// What the HTTP server answers to a request, before any of it is sent.
#ifndef TOOLS_NETBOOT_SERVE_HTTP_ANSWER_H_
#define TOOLS_NETBOOT_SERVE_HTTP_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/netboot/serve/http_request.h"
#include "tools/netboot/serve/served_files.h"

namespace linuxkit {

struct HttpAnswer {
  int status = 200;
  // Status line, fields, and the body if that is a text.
  std::string bytes;
  // Then the bytes [file_offset, file_offset + file_size) of the file.
  std::optional<InputFile> file = std::nullopt;
  uint64_t file_offset = 0;
  uint64_t file_size = 0;
  // The connection stays open for another request.
  bool keep_alive = false;
};

// `now` is in seconds since 1970.
HttpAnswer AnswerHttp(const HttpRequest& request, const ServedFiles& files, int64_t now);
// To a request that could not be read. The connection ends with it.
HttpAnswer AnswerHttpError(const absl::Status& error, int64_t now);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_HTTP_ANSWER_H_
