// YAML of LinuxKit's first year, as introductions still print it, read as what it is called today.
#ifndef TOOLS_CONFIG_OLD_SPELLINGS_H_
#define TOOLS_CONFIG_OLD_SPELLINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "tools/config/config.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

// What to change in a file: all lines for one reason.
struct OldSpelling {
  std::string_view advice;
  std::vector<int> lines;
};

struct ModernConfig {
  // The tree with today's keys, each at its old place.
  YamlValue root;
  // In the order of a table; empty if the file is up to date.
  std::vector<OldSpelling> changes;
};

// A key stays as it is beside the one that it would become.
ModernConfig Modernize(const YamlValue& root);

// For each file with old spellings one note with the lines to change, ended by a newline. Nothing
// for files that cannot be read.
std::string OldSpellingNotes(absl::Span<const ConfigFile> files);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_OLD_SPELLINGS_H_
