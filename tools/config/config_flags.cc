#include "tools/config/config_flags.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "tools/base/file.h"
#include "tools/base/pair.h"

namespace linuxkit {

absl::StatusOr<std::vector<ConfigFile>> ReadConfigFiles(absl::Span<const std::string> words) {
  std::vector<ConfigFile> files;
  for (const std::string& word : words) {
    ABSL_ASSIGN_OR_RETURN(Pair pair, ParsePair("config", word, "LABEL=PATH"));
    ConfigFile& file = files.emplace_back();
    file.label = std::move(pair.key);
    file.path = std::move(pair.value);
    ABSL_ASSIGN_OR_RETURN(file.text, ReadFile(file.path));
  }
  return files;
}

}  // namespace linuxkit
