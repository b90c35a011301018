#include "tools/registry/http.h"

#include <curl/curl.h>

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

constexpr std::string_view kUserAgent = "User-Agent: rules_linuxkit";
// One response's headers; honest ones have less than a tenth.
constexpr size_t kMaxHeaderBytes = 256 * 1024;
constexpr uint64_t kMaxCertificateBytes = 16 << 20;

// What the callbacks of one transfer share.
struct Transfer {
  const HttpBody& body;
  HttpResponse response = {};
  size_t header_bytes = 0;
  // Why we ended it.
  absl::Status status = {};
};

void AddHeader(std::string_view line, HttpResponse& response) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = absl::AsciiStrToLower(line.substr(0, colon));
  const std::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
  const auto [header, is_new] = response.headers.emplace(name, value);
  if (!is_new) absl::StrAppend(&header->second, ", ", value);
}

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.status = absl::FailedPreconditionError(absl::StrCat(
        "found more than ", kMaxHeaderBytes, " bytes of headers; expected an answer of HTTP"));
    return 0;
  }
  const std::string_view line(data, size);
  // A new status line: what came before was an interim answer (100) or a proxy's.
  if (absl::StartsWith(line, "HTTP/")) transfer.response.headers.clear();
  AddHeader(line, transfer.response);
  return size;
}

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto& [handle, transfer] = *static_cast<std::pair<CURL*, Transfer*>*>(user);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  transfer->response.status = static_cast<int>(status);
  transfer->status = transfer->body(transfer->response, std::string_view(data, size));
  return transfer->status.ok() ? size : CURL_WRITEFUNC_ERROR;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void Add(HeaderList& list, const std::string& header) {
  list.reset(curl_slist_append(list.release(), header.c_str()));
}

HeaderList MakeHeaders(const HttpRequest& request) {
  HeaderList list;
  Add(list, std::string(kUserAgent));
  for (const std::string& header : request.headers) Add(list, header);
  for (const Secret& header : request.private_headers) Add(list, header.Reveal());
  return list;
}

bool HasConnected(CURL* handle) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(handle, CURLINFO_CONNECT_TIME_T, &microseconds);
  return microseconds > 0;
}

bool IsCut(CURLcode code) {
  return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
         code == CURLE_GOT_NOTHING || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

// The system's certificates in the place that libcurl was built for.
std::string SystemCertificates() {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                   curl_easy_cleanup);
  char* path = nullptr;
  curl_easy_getinfo(handle.get(), CURLINFO_CAINFO, &path);
  if (path == nullptr) return "";
  // A system without them trusts the extra ones alone.
  return ReadFile(path, kMaxCertificateBytes).value_or("");
}

}  // namespace

std::string HttpResponse::Header(const std::string& lower_case_name) const {
  const auto header = headers.find(lower_case_name);
  return header == headers.end() ? "" : header->second;
}

void HttpClient::FreeHandle::operator()(void* handle) const { curl_easy_cleanup(handle); }

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (!options_.extra_ca_certificates.empty()) {
    trusted_ = absl::StrCat(SystemCertificates(), "\n", options_.extra_ca_certificates);
  }
}

HttpClient::~HttpClient() {
  idle_.clear();
  curl_global_cleanup();
}

HttpClient::Handle HttpClient::TakeHandle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return Handle(curl_easy_init());
  Handle handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void HttpClient::ReturnHandle(Handle handle) {
  // Forgets the request, not the connections.
  curl_easy_reset(handle.get());
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

// All that does not depend on the request.
void HttpClient::SetUp(void* handle) const {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, options_.low_speed_bytes_per_second);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(options_.low_speed_time.count()));
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, OnBody);
  // A proxy's answer to CONNECT is not the answer.
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!trusted_.empty()) {
    curl_blob blob = {const_cast<char*>(trusted_.data()), trusted_.size(), CURL_BLOB_NOCOPY};
    curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
}

absl::Status HttpClient::ToStatus(int code, void* handle, const Url& url,
                                  const char* details) const {
  const std::string& shown = url.shown();
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY) {
    return absl::UnavailableError(
        absl::StrCat(shown, ": cannot find the address of ",
                     code == CURLE_COULDNT_RESOLVE_PROXY ? "the proxy" : url.host()));
  }
  if (code == CURLE_COULDNT_CONNECT ||
      (code == CURLE_OPERATION_TIMEDOUT && !HasConnected(handle))) {
    return absl::UnavailableError(absl::StrCat(shown, ": cannot connect"));
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return absl::UnavailableError(
        absl::StrCat(shown, ": got less than ", options_.low_speed_bytes_per_second,
                     " bytes a second for ", options_.low_speed_time.count(), " s"));
  }
  if (IsCut(static_cast<CURLcode>(code))) {
    return absl::UnavailableError(absl::StrCat(shown, ": the connection was cut"));
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    return absl::FailedPreconditionError(
        absl::StrCat(shown, ": the server's certificate is not trusted (", details,
                     "); if its CA is your own, add it to \"caFiles\" of registries.json"));
  }
  if (code == CURLE_SSL_CONNECT_ERROR) {
    return absl::FailedPreconditionError(
        absl::StrCat(shown, ": no TLS connection (", details,
                     "); a registry without TLS needs \"plainHttp\": true in registries.json"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat(shown, ": ", curl_easy_strerror(static_cast<CURLcode>(code))));
}

absl::StatusOr<HttpResponse> HttpClient::Send(const HttpRequest& request, const HttpBody& body) {
  Handle handle = TakeHandle();
  SetUp(handle.get());
  const HeaderList headers = MakeHeaders(request);
  Transfer transfer = {.body = body, .response = {.url = request.url.shown()}};
  std::pair<CURL*, Transfer*> for_body(handle.get(), &transfer);
  char details[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(handle.get(), CURLOPT_URL, request.url.text().c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &for_body);
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, details);
  if (request.form) {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, request.form->Reveal().c_str());
  }
  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  absl::Status error;
  if (!transfer.status.ok()) {
    error = absl::Status(transfer.status.code(),
                         absl::StrCat(transfer.response.url, ": ", transfer.status.message()));
  } else if (code != CURLE_OK) {
    error = ToStatus(code, handle.get(), request.url, details);
  }
  ReturnHandle(std::move(handle));
  ABSL_RETURN_IF_ERROR(error);
  return std::move(transfer.response);
}

absl::StatusOr<std::string> ReadCertificates(const std::vector<std::string>& paths) {
  std::string all;
  for (const std::string& path : paths) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxCertificateBytes));
    if (!absl::StrContains(text, "-----BEGIN CERTIFICATE-----")) {
      return absl::InvalidArgumentError(absl::StrCat(
          path,
          ": found no certificate; expected a PEM file with \"-----BEGIN CERTIFICATE-----\""));
    }
    absl::StrAppend(&all, text, "\n");
  }
  return all;
}

}  // namespace linuxkit
