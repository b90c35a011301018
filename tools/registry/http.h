// One HTTP request over libcurl: no redirects, no retries, no credentials of its own. Connections
// are kept for the next request. Proxies are what the usual environment variables say
// (https_proxy, http_proxy, all_proxy, no_proxy).
//
//   HttpClient http({});
//   ABSL_ASSIGN_OR_RETURN(const HttpResponse response, http.Send({.url = url}, body));
#ifndef TOOLS_REGISTRY_HTTP_H_
#define TOOLS_REGISTRY_HTTP_H_

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/registry/secret.h"
#include "tools/registry/url.h"

namespace linuxkit {

struct HttpOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
  // A transfer slower than this for so long is as good as cut.
  long low_speed_bytes_per_second = 1000;
  std::chrono::seconds low_speed_time = std::chrono::seconds(30);
  // Certificates (PEM) to be trusted besides those of the system.
  std::string extra_ca_certificates;
};

struct HttpRequest {
  Url url;
  // "Name: value".
  std::vector<std::string> headers;
  // Headers for this URL's origin alone.
  std::vector<Secret> private_headers;
  // Makes it a POST of a form.
  std::optional<Secret> form;
};

struct HttpResponse {
  // Where it comes from, as messages show it.
  std::string url;
  int status = 0;
  // Names in lower case. Of a repeated header all values, joined by ", ".
  std::map<std::string, std::string> headers;

  // Empty if there is no such header.
  std::string Header(const std::string& lower_case_name) const;
};

// Takes the body as it comes; the response is complete but for its body. An error ends the transfer
// and is what `Send` returns, with the URL before its message.
using HttpBody = std::function<absl::Status(const HttpResponse& response, std::string_view bytes)>;

// Safe for concurrent use.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Unavailable errors may pass when tried again: no connection, cut, too slow. Messages begin with
  // the URL.
  absl::StatusOr<HttpResponse> Send(const HttpRequest& request, const HttpBody& body);

 private:
  struct FreeHandle {
    void operator()(void* handle) const;
  };
  using Handle = std::unique_ptr<void, FreeHandle>;
  Handle TakeHandle();
  void ReturnHandle(Handle handle);
  void SetUp(void* handle) const;
  absl::Status ToStatus(int code, void* handle, const Url& url, const char* details) const;

  HttpOptions options_;
  // With the system's certificates; empty if there are no extra ones.
  std::string trusted_;
  std::mutex mutex_;
  // Not in use. Each has its own connections.
  std::vector<Handle> idle_;
};

// Reads the PEM files at `paths`, one after the other.
absl::StatusOr<std::string> ReadCertificates(const std::vector<std::string>& paths);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_HTTP_H_
