#include "tools/registry/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <string>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

absl::Status WithNote(const absl::Status& status, std::string_view note) {
  return absl::Status(status.code(), absl::StrCat(status.message(), note));
}

}  // namespace

std::time_t SystemClock::Now() { return std::time(nullptr); }

void SystemClock::Sleep(std::chrono::milliseconds duration) {
  std::this_thread::sleep_for(duration);
}

absl::Status Retry(const RetryPolicy& policy, Clock& clock, absl::FunctionRef<Try()> attempt) {
  std::chrono::milliseconds wait = policy.first_wait;
  for (int tries = 1;; ++tries) {
    const Try result = attempt();
    if (!absl::IsUnavailable(result.status)) return result.status;
    if (result.progressed) {
      tries = 1;
      wait = policy.first_wait;
    }
    if (tries >= policy.max_tries) {
      return tries == 1 ? result.status
                        : WithNote(result.status, absl::StrCat(" (tried ", tries, " times)"));
    }
    if (result.retry_after && *result.retry_after > policy.longest_retry_after) {
      return WithNote(result.status, absl::StrCat("; the server asks to come back in ",
                                                  result.retry_after->count(), " s"));
    }
    clock.Sleep(result.retry_after ? *result.retry_after : wait);
    wait = std::min(2 * wait, policy.longest_wait);
  }
}

std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view header, std::time_t now) {
  header = absl::StripAsciiWhitespace(header);
  uint32_t seconds = 0;
  if (absl::SimpleAtoi(header, &seconds)) return std::chrono::seconds(seconds);
  if (header.empty() || absl::ascii_isdigit(header[0])) return std::nullopt;
  const std::time_t date = curl_getdate(std::string(header).c_str(), nullptr);
  if (date == -1) return std::nullopt;
  return std::chrono::seconds(std::max<std::time_t>(0, date - now));
}

}  // namespace linuxkit
