#include "tools/config/config_flags.h"

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {

absl::StatusOr<std::vector<ConfigFile>> ReadConfigFiles(absl::Span<const std::string> words) {
  std::vector<ConfigFile> files;
  for (const std::string& word : words) {
    const size_t equals = word.rfind('=');
    if (equals == word.npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--config=", word, ": expected --config=LABEL=PATH"));
    }
    ConfigFile& file = files.emplace_back();
    file.label = word.substr(0, equals);
    file.path = word.substr(equals + 1);
    ABSL_ASSIGN_OR_RETURN(file.text, ReadFile(file.path));
  }
  return files;
}

}  // namespace linuxkit
