// http and https URLs, taken apart by libcurl, so that what we decide about a URL (may this host
// see the password?) and where libcurl connects cannot differ.
#ifndef TOOLS_REGISTRY_URL_H_
#define TOOLS_REGISTRY_URL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

class Url {
 public:
  static absl::StatusOr<Url> Parse(const std::string& text);
  // What a redirect from here to `location` means; it may be relative.
  absl::StatusOr<Url> Resolve(const std::string& location) const;

  const std::string& text() const { return text_; }
  const std::string& scheme() const { return scheme_; }
  // Without port; an IPv6 address has its brackets.
  const std::string& host() const { return host_; }
  // Host and port as written: "registry.example:5000".
  const std::string& authority() const { return authority_; }
  // Scheme, host and port: what may share credentials.
  const std::string& origin() const { return origin_; }
  // For messages: without user and query, where signatures and passwords are.
  const std::string& shown() const { return shown_; }

 private:
  std::string text_;
  std::string scheme_;
  std::string host_;
  std::string authority_;
  std::string origin_;
  std::string shown_;
};

// Percent-encodes everything that is special in a query.
std::string QueryEscape(std::string_view text);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_URL_H_
