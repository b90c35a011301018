#include "tools/disk/file_flags.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::pair<std::string, std::string>> SplitWord(std::string_view flag,
                                                              std::string_view word) {
  const size_t equals = word.find('=');
  if (equals == word.npos || equals == 0 || equals + 1 == word.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, "=", word, ": expected --", flag,
                     "=PATH=", flag.ends_with("text") ? "TEXT" : "FILE"));
  }
  return std::pair(std::string(word.substr(0, equals)), std::string(word.substr(equals + 1)));
}

}  // namespace

absl::StatusOr<std::vector<ImageFile>> ParseFileFlags(Args& args, std::string_view part) {
  std::vector<ImageFile> files;
  const std::string file_flag = absl::StrCat(part, "file");
  for (const std::string& word : args.All(file_flag)) {
    ABSL_ASSIGN_OR_RETURN(auto split, SplitWord(file_flag, word));
    ABSL_ASSIGN_OR_RETURN(Content content, Content::OfFile(split.second));
    files.push_back({std::move(split.first), std::move(content)});
  }
  const std::string text_flag = absl::StrCat(part, "text");
  for (const std::string& word : args.All(text_flag)) {
    ABSL_ASSIGN_OR_RETURN(auto split, SplitWord(text_flag, word));
    files.push_back({std::move(split.first),
                     Content::OfBytes(absl::StrReplaceAll(split.second, {{"\\n", "\n"}}))});
  }
  return files;
}

}  // namespace linuxkit
