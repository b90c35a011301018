#include "tools/netboot/serve/http_request.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

absl::Status BadRequest(std::string_view what, std::string_view found) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": found \"", absl::CHexEscape(found.substr(0, 100)), "\""));
}

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-.^_`|~", static_cast<char>(c));
  });
}

bool IsFieldText(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return absl::ascii_iscntrl(c) && c != '\t'; });
}

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isgraph(c); });
}

// What is known of the fields while they are read.
struct Fields {
  int hosts = 0;
  int ranges = 0;
  std::string range;
  bool has_if_range = false;
  bool has_body = false;
  bool wants_close = false;
  bool wants_keep_alive = false;
};

void ReadConnectionOptions(std::string_view value, Fields& fields) {
  for (std::string_view option : absl::StrSplit(value, ',')) {
    option = absl::StripAsciiWhitespace(option);
    if (absl::EqualsIgnoreCase(option, "close")) fields.wants_close = true;
    if (absl::EqualsIgnoreCase(option, "keep-alive")) fields.wants_keep_alive = true;
  }
}

absl::Status ReadField(std::string_view line, Fields& fields) {
  const size_t colon = line.find(':');
  if (colon == line.npos || !IsToken(line.substr(0, colon)) || !IsFieldText(line)) {
    return BadRequest("expected a field \"Name: value\"", line);
  }
  const std::string name = absl::AsciiStrToLower(line.substr(0, colon));
  const std::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
  if (name == "host") ++fields.hosts;
  if (name == "range") ++fields.ranges;
  if (name == "range") fields.range = value;
  if (name == "if-range") fields.has_if_range = true;
  if (name == "transfer-encoding") fields.has_body = true;
  if (name == "content-length" && value != "0") fields.has_body = true;
  if (name == "connection") ReadConnectionOptions(value, fields);
  return absl::OkStatus();
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

absl::StatusOr<std::string> DecodePath(std::string_view target) {
  std::string_view path = target;
  // The absolute form, which proxies are sent (RFC 9112, 3.2.2).
  if (absl::StartsWithIgnoreCase(path, "http://")) {
    path.remove_prefix(std::min(path.find('/', 7), path.size()));
    if (path.empty()) path = "/";
  }
  path = path.substr(0, path.find('?'));
  if (!path.starts_with('/')) return BadRequest("expected a path that begins with \"/\"", target);
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    const int high = i + 2 < path.size() ? HexDigit(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? HexDigit(path[i + 2]) : -1;
    if (high < 0 || low < 0) return BadRequest("expected two hexadecimal digits behind %", target);
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// Reads the request line into `request` and returns the minor version.
absl::StatusOr<int> ReadRequestLine(std::string_view line, HttpRequest& request) {
  const std::vector<std::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || !IsToken(words[0])) {
    return BadRequest("expected a request line \"GET /path HTTP/1.1\"", line);
  }
  const std::string_view version = words[2];
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") &&
                          absl::ascii_isdigit(version[5]) && version[6] == '.' &&
                          absl::ascii_isdigit(version[7]);
  if (!is_version) return BadRequest("expected a request line \"GET /path HTTP/1.1\"", line);
  if (version[5] != '1') {
    return absl::UnimplementedError(absl::StrCat("expected HTTP/1.1: found ", version));
  }
  const std::string_view target = words[1];
  if (!IsVisible(target)) {
    return BadRequest("expected a target of visible characters", target);
  }
  request.method = words[0];
  request.target = target;
  ABSL_ASSIGN_OR_RETURN(request.path, DecodePath(target));
  return version[7] - '0';
}

}  // namespace

absl::StatusOr<HttpRequest> ParseHttpRequest(std::string_view head) {
  if (head.size() > kMaxHttpHead) {
    return absl::ResourceExhaustedError(
        absl::StrCat("expected a request head of at most ", kMaxHttpHead, " bytes"));
  }
  if (!absl::ConsumeSuffix(&head, "\r\n\r\n")) {
    return BadRequest("expected an empty line behind the fields", head);
  }
  const std::vector<std::string_view> lines = absl::StrSplit(head, "\r\n");
  HttpRequest request;
  ABSL_ASSIGN_OR_RETURN(const int minor_version, ReadRequestLine(lines[0], request));
  Fields fields;
  for (size_t i = 1; i < lines.size(); ++i) {
    ABSL_RETURN_IF_ERROR(ReadField(lines[i], fields));
  }
  // RFC 9112, 3.2.
  if (fields.hosts > 1 || (fields.hosts == 0 && minor_version > 0)) {
    return BadRequest("expected one field Host", absl::StrCat(fields.hosts));
  }
  if (fields.has_body) return absl::OutOfRangeError("expected a request without a body");
  request.keep_alive = !fields.wants_close && (minor_version > 0 || fields.wants_keep_alive);
  // Files have no validators here, so that If-Range never holds (RFC 9110, 13.1.5).
  if (fields.ranges == 1 && !fields.has_if_range) request.range = std::move(fields.range);
  return request;
}

int HttpStatusOfError(const absl::Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kOutOfRange:
      return 413;
    case absl::StatusCode::kResourceExhausted:
      return 431;
    case absl::StatusCode::kUnimplemented:
      return 505;
    default:
      return 400;
  }
}

}  // namespace linuxkit
