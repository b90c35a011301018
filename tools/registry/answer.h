// What an answer other than success means: a message for the user, and whether to try again.
#ifndef TOOLS_REGISTRY_ANSWER_H_
#define TOOLS_REGISTRY_ANSWER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/registry/http.h"

namespace linuxkit {

inline bool IsSuccess(const HttpResponse& response) {
  return response.status >= 200 && response.status < 300;
}

// The beginning of an error page, which may say why.
class ErrorPage {
 public:
  // Keeps a little. A page without end is an error.
  absl::Status Append(const HttpResponse& response, std::string_view bytes);

  // " (MANIFEST_UNKNOWN: manifest unknown)" if the page is the JSON of the OCI distribution
  // specification ("Error codes"), else nothing.
  std::string Reason() const;

 private:
  std::string text_;
  uint64_t size_ = 0;
};

// "URL: found status 404 (REASON); …". Unavailable if it may pass when tried again.
absl::Status ErrorOf(const HttpResponse& response, const ErrorPage& page);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_ANSWER_H_
