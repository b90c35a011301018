// Trying again after faults that pass: no connection, a cut, a busy server. The waits double from
// try to try, without randomness; a server's `Retry-After` is honoured.
//
//   return Retry(policy, clock, [&] { return Try{.status = FetchOnce()}; });
#ifndef TOOLS_REGISTRY_RETRY_H_
#define TOOLS_REGISTRY_RETRY_H_

#include <chrono>
#include <ctime>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace linuxkit {

// Time, for those who wait. Tests have one that only counts.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::time_t Now() = 0;
  virtual void Sleep(std::chrono::milliseconds duration) = 0;
};

class SystemClock : public Clock {
 public:
  std::time_t Now() override;
  void Sleep(std::chrono::milliseconds duration) override;
};

struct RetryPolicy {
  // Tries in a row without progress.
  int max_tries = 5;
  std::chrono::milliseconds first_wait = std::chrono::milliseconds(500);
  std::chrono::milliseconds longest_wait = std::chrono::seconds(30);
  // A server that wants more time than this is given up.
  std::chrono::seconds longest_retry_after = std::chrono::minutes(5);
};

// What came of one try.
struct Try {
  // Unavailable is worth another one; any other error is final.
  absl::Status status;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  // Something was won, so that the next try starts further on and counts as the first.
  bool progressed = false;
};

// The status of the last try. If that was the last of several in a row, its message says so.
absl::Status Retry(const RetryPolicy& policy, Clock& clock, absl::FunctionRef<Try()> attempt);

// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. Nothing if it is neither; a date in the
// past is 0.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view header, std::time_t now);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_RETRY_H_
