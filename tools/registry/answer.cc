#include "tools/registry/answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr size_t kKeptBytes = 16 * 1024;
constexpr uint64_t kMaxPageBytes = 1 << 20;
constexpr size_t kMaxShownBytes = 200;

std::string Show(const nlohmann::json& object, const char* key) {
  const auto value = object.find(key);
  if (value == object.end() || !value->is_string()) return "";
  return absl::CEscape(value->get_ref<const std::string&>().substr(0, kMaxShownBytes));
}

bool MayPass(int status) {
  return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

absl::StatusCode CodeOf(int status) {
  if (MayPass(status)) return absl::StatusCode::kUnavailable;
  if (status == 401) return absl::StatusCode::kUnauthenticated;
  if (status == 403) return absl::StatusCode::kPermissionDenied;
  if (status == 404) return absl::StatusCode::kNotFound;
  return absl::StatusCode::kFailedPrecondition;
}

std::string_view Advice(int status) {
  if (status == 403) return "; expected an account that may pull from this repository";
  if (status == 404) return "; expected a repository and image of this name";
  if (status == 429) return "; the server limits how often it is asked";
  return "";
}

}  // namespace

absl::Status ErrorPage::Append(const HttpResponse& response, std::string_view bytes) {
  size_ += bytes.size();
  text_.append(bytes.substr(0, kKeptBytes - std::min(kKeptBytes, text_.size())));
  if (size_ <= kMaxPageBytes) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "found status ", response.status, " and a page of more than ", kMaxPageBytes, " bytes"));
}

std::string ErrorPage::Reason() const {
  const nlohmann::json page = nlohmann::json::parse(text_, nullptr, false);
  if (!page.is_object()) return "";
  const auto errors = page.find("errors");
  if (errors == page.end() || !errors->is_array() || errors->empty()) return "";
  const nlohmann::json& first = errors->front();
  if (!first.is_object()) return "";
  const std::string code = Show(first, "code"), message = Show(first, "message");
  if (code.empty() && message.empty()) return "";
  return absl::StrCat(" (", code, code.empty() || message.empty() ? "" : ": ", message, ")");
}

absl::Status ErrorOf(const HttpResponse& response, const ErrorPage& page) {
  return absl::Status(CodeOf(response.status),
                      absl::StrCat(response.url, ": found status ", response.status, page.Reason(),
                                   Advice(response.status)));
}

}  // namespace linuxkit
