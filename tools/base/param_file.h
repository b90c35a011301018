// Parameter files: the words of a command line, quoted as a POSIX shell reads them.
//
// Bazel writes them (`Args.set_param_file_format("shell")`). A word holds any characters, line
// breaks included, so no value of an attribute can become a word of its own.
#ifndef TOOLS_BASE_PARAM_FILE_H_
#define TOOLS_BASE_PARAM_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

// A line break outside of quotes ends a word. `'...'` is taken as it is, and `\` outside of quotes
// stands for the character behind it. Empty lines hold no word; an empty word is `''`.
absl::StatusOr<std::vector<std::string>> ParseParamFile(std::string_view text);

// The same of a file; errors name it.
absl::StatusOr<std::vector<std::string>> ReadParamFile(const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_BASE_PARAM_FILE_H_
