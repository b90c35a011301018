#include "tools/qemu/kernel_cmdline.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_join.h"
#include "runtime/base/command_line.h"
#include "tools/base/file.h"

namespace linuxkit {

absl::StatusOr<std::string> KernelCmdline(const std::string& file,
                                          const std::vector<std::string>& words) {
  std::string text;
  if (!file.empty()) {
    ABSL_ASSIGN_OR_RETURN(text, ReadFile(file, 64 << 10));
  }
  return AddKernelWords(text, absl::StrJoin(words, " "));
}

}  // namespace linuxkit
