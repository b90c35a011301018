#include "runtime/base/ending.h"

#include <string.h>
#include <sys/wait.h>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Those with a name of their own; above are the real-time signals.
constexpr int kLastNamedSignal = 31;

}  // namespace

Ending EndingOf(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {.status = 0, .signal = WTERMSIG(wait_status)};
  return {.status = WEXITSTATUS(wait_status), .signal = 0};
}

std::string Describe(const Ending& ending) {
  if (ending.signal != 0) {
    return absl::StrCat("was killed by signal ", ending.signal, " (", strsignal(ending.signal),
                        ")");
  }
  const std::string text = absl::StrCat("exited with status ", ending.status);
  const int signal = ending.status - 128;
  if (signal < 1 || signal > kLastNamedSignal) return text;
  return absl::StrCat(text, " (128 + ", signal, ", ", strsignal(signal), ")");
}

}  // namespace linuxkit
