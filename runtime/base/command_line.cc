#include "runtime/base/command_line.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kEnd = "--";

struct Words {
  std::vector<std::string> words;
  // Where the word "--" begins; npos without one.
  size_t end = std::string_view::npos;
  bool open_quote = false;
};

Words Split(std::string_view text) {
  Words split;
  std::string word;
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool at_end = i == text.size();
    if (at_end || (!quoted && kSpace.find(text[i]) != std::string_view::npos)) {
      // Not "--" in quotes inside a word, which the kernel keeps.
      if (text.substr(begin, i - begin) == kEnd) {
        split.end = begin;
        return split;
      }
      if (!word.empty()) split.words.push_back(std::move(word));
      word.clear();
      begin = i + 1;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else {
      word.push_back(text[i]);
    }
  }
  split.open_quote = quoted;
  return split;
}

}  // namespace

KernelCommandLine::KernelCommandLine(std::string_view text) : words_(Split(text).words) {}

bool KernelCommandLine::HasWord(std::string_view word) const {
  return std::find(words_.begin(), words_.end(), word) != words_.end();
}

absl::StatusOr<std::optional<std::string>> KernelCommandLine::Value(std::string_view key) const {
  const std::vector<std::string> values = Values(key);
  if (values.empty()) return std::nullopt;
  for (const std::string& value : values) {
    if (value == values.front()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("found ", key, "=", values.front(), " and ", key, "=", value,
                     " on the kernel command line; expected one of them"));
  }
  return values.front();
}

std::vector<std::string> KernelCommandLine::Values(std::string_view key) const {
  std::vector<std::string> values;
  for (const std::string& word : words_) {
    if (word.size() > key.size() && word.starts_with(key) && word[key.size()] == '=') {
      values.push_back(word.substr(key.size() + 1));
    }
  }
  return values;
}

std::string AddKernelWords(std::string_view text, std::string_view words) {
  text = absl::StripAsciiWhitespace(text);
  const size_t end = std::min(Split(text).end, text.size());
  const std::string_view before = absl::StripTrailingAsciiWhitespace(text.substr(0, end));
  std::string line(before);
  for (const std::string_view part : {words, text.substr(end)}) {
    if (!part.empty()) absl::StrAppend(&line, line.empty() ? "" : " ", part);
  }
  return line;
}

absl::StatusOr<std::string> SealCommandLine(std::string_view text) {
  const Words split = Split(text);
  if (split.open_quote) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found a double quote without its end in \"", text,
        "\"; what is appended to the command line would be part of that word; expected "
        "a second one"));
  }
  if (split.end != std::string_view::npos) return std::string(text);
  return absl::StrCat(text, text.empty() ? "" : " ", kEnd);
}

}  // namespace linuxkit
