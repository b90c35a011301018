#include "runtime/base/console.h"

#include <errno.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace linuxkit {

void Say(std::string_view text) {
  const std::string line = absl::StrCat(program_invocation_short_name, ": ", text, "\n");
  // Nobody is left to tell if the console itself fails.
  [[maybe_unused]] const ssize_t count = write(STDERR_FILENO, line.data(), line.size());
}

bool SayIfError(const absl::Status& status, std::string_view context) {
  if (status.ok()) return true;
  Say(context.empty() ? std::string(status.message())
                      : absl::StrCat(context, ": ", status.message()));
  return false;
}

}  // namespace linuxkit
