#include "tools/netboot/serve/http_answer.h"

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/disk/civil_time.h"
#include "tools/netboot/serve/byte_range.h"

namespace linuxkit {
namespace {

std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 206:
      return "Partial Content";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 416:
      return "Range Not Satisfiable";
    case 431:
      return "Request Header Fields Too Large";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

// RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(int64_t now) {
  static constexpr std::string_view kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int64_t kSecondsPerDay = 24 * 60 * 60;
  const CivilTime time = ToCivilTime(now);
  return absl::StrFormat("%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[now / kSecondsPerDay % 7],
                         time.day, kMonths[time.month - 1], time.year, time.hour, time.minute,
                         time.second);
}

// An answer whose bytes are complete but for further fields and the empty line.
HttpAnswer Begin(int status, std::string_view media_type, uint64_t size, bool keep_alive,
                 int64_t now) {
  HttpAnswer answer{.status = status, .keep_alive = keep_alive};
  answer.bytes = absl::StrCat("HTTP/1.1 ", status, " ", Reason(status), "\r\nDate: ", HttpDate(now),
                              "\r\nContent-Type: ", media_type, "\r\nContent-Length: ", size,
                              "\r\nConnection: ", keep_alive ? "keep-alive" : "close", "\r\n");
  return answer;
}

HttpAnswer AnswerText(int status, std::string_view text, const HttpRequest& request, int64_t now,
                      std::string_view fields = "",
                      std::string_view media_type = "text/plain; charset=utf-8") {
  HttpAnswer answer = Begin(status, media_type, text.size(), request.keep_alive, now);
  const bool head_only = request.method == "HEAD";
  absl::StrAppend(&answer.bytes, fields, "X-Content-Type-Options: nosniff\r\n\r\n",
                  head_only ? "" : text);
  return answer;
}

HttpAnswer AnswerFile(InputFile file, const HttpRequest& request, int64_t now) {
  const uint64_t size = file.size();
  ByteRange range{.size = size};
  // RFC 9110, 14.2: Range is for GET alone.
  if (request.range && request.method == "GET") range = ResolveByteRange(*request.range, size);
  if (range.kind == ByteRange::Kind::kUnsatisfiable) {
    return AnswerText(416, absl::StrCat("the file has ", size, " bytes\n"), request, now,
                      absl::StrCat("Content-Range: bytes */", size, "\r\n"));
  }
  const bool is_part = range.kind == ByteRange::Kind::kPart;
  HttpAnswer answer =
      Begin(is_part ? 206 : 200, MediaType(request.path), range.size, request.keep_alive, now);
  if (is_part) {
    absl::StrAppend(&answer.bytes, "Content-Range: bytes ", range.offset, "-",
                    range.offset + range.size - 1, "/", size, "\r\n");
  }
  absl::StrAppend(&answer.bytes, "Accept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\n\r\n");
  if (request.method == "HEAD") return answer;
  answer.file = std::move(file);
  answer.file_offset = range.offset;
  answer.file_size = range.size;
  return answer;
}

}  // namespace

HttpAnswer AnswerHttp(const HttpRequest& request, const ServedFiles& files, int64_t now) {
  if (request.method != "GET" && request.method != "HEAD") {
    return AnswerText(405, "only GET and HEAD are served\n", request, now, "Allow: GET, HEAD\r\n");
  }
  if (request.path == "/") {
    return AnswerText(200, files.IndexPage(), request, now, "", "text/html; charset=utf-8");
  }
  const std::string* const path = files.Find(std::string_view(request.path).substr(1));
  if (path == nullptr) return AnswerText(404, "no such file; / lists them\n", request, now);
  absl::StatusOr<InputFile> file = InputFile::Open(*path);
  if (!file.ok()) return AnswerText(500, "the file cannot be read\n", request, now);
  return AnswerFile(*std::move(file), request, now);
}

HttpAnswer AnswerHttpError(const absl::Status& error, int64_t now) {
  return AnswerText(HttpStatusOfError(error), absl::StrCat(error.message(), "\n"), HttpRequest(),
                    now);
}

}  // namespace linuxkit
