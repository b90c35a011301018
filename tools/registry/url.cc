#include "tools/registry/url.h"

#include <curl/curl.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, FreeUrl>;

// A part of the URL; empty if it has none.
std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

absl::StatusOr<UrlHandle> ParseHandle(const std::string& text) {
  UrlHandle url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    // Not shown in full: it may hold a password at a place where nobody expects one.
    const std::string_view start = std::string_view(text).substr(0, text.find_first_of("@?"));
    return absl::InvalidArgumentError(absl::StrCat("found the URL \"", absl::CEscape(start),
                                                   "\"; expected http:// or https:// and a host"));
  }
  return url;
}

}  // namespace

absl::StatusOr<Url> Url::Parse(const std::string& text) {
  ABSL_ASSIGN_OR_RETURN(const UrlHandle handle, ParseHandle(text));
  Url url;
  url.text_ = Part(handle.get(), CURLUPART_URL);
  url.scheme_ = Part(handle.get(), CURLUPART_SCHEME);
  if (url.scheme_ != "http" && url.scheme_ != "https") {
    return absl::InvalidArgumentError(
        absl::StrCat("found a URL of scheme \"", url.scheme_, "\"; expected http:// or https://"));
  }
  url.host_ = absl::AsciiStrToLower(Part(handle.get(), CURLUPART_HOST));
  const std::string port = Part(handle.get(), CURLUPART_PORT);
  url.authority_ = absl::StrCat(url.host_, port.empty() ? "" : ":", port);
  url.origin_ = absl::StrCat(url.scheme_, "://", url.host_, ":",
                             Part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  url.shown_ = absl::StrCat(url.scheme_, "://", url.authority_, Part(handle.get(), CURLUPART_PATH));
  return url;
}

absl::StatusOr<Url> Url::Resolve(const std::string& location) const {
  ABSL_ASSIGN_OR_RETURN(const UrlHandle handle, ParseHandle(text_));
  if (curl_url_set(handle.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return absl::InvalidArgumentError("found a location that is no URL");
  }
  return Parse(Part(handle.get(), CURLUPART_URL));
}

std::string QueryEscape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      escaped.push_back(c);
    } else {
      absl::StrAppend(&escaped, "%", absl::BytesToHexString(std::string_view(&c, 1)));
    }
  }
  return escaped;
}

}  // namespace linuxkit
