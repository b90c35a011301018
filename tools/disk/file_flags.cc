#include "tools/disk/file_flags.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/base/pair.h"

namespace linuxkit {
namespace {

absl::StatusOr<Pair> ParseFile(std::string_view flag, std::string_view word,
                               std::string_view expected) {
  absl::StatusOr<Pair> pair = ParsePair(flag, word, expected);
  if (!pair.ok() || !pair->value.empty()) return pair;
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", word, ": expected --", flag, "=", expected));
}

}  // namespace

absl::StatusOr<std::vector<ImageFile>> ParseFileFlags(Args& args, std::string_view part) {
  std::vector<ImageFile> files;
  const std::string file_flag = absl::StrCat(part, "file");
  for (const std::string& word : args.All(file_flag)) {
    ABSL_ASSIGN_OR_RETURN(Pair pair, ParseFile(file_flag, word, "PATH=FILE"));
    ABSL_ASSIGN_OR_RETURN(Content content, Content::OfFile(pair.value));
    files.push_back({std::move(pair.key), std::move(content)});
  }
  const std::string text_flag = absl::StrCat(part, "text");
  for (const std::string& word : args.All(text_flag)) {
    ABSL_ASSIGN_OR_RETURN(Pair pair, ParseFile(text_flag, word, "PATH=TEXT"));
    files.push_back(
        {std::move(pair.key), Content::OfBytes(absl::StrReplaceAll(pair.value, {{"\\n", "\n"}}))});
  }
  return files;
}

}  // namespace linuxkit
