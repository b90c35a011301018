#include "runtime/base/command_line.h"

#include <algorithm>

namespace linuxkit {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

KernelCommandLine::KernelCommandLine(std::string_view text) {
  std::string word;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted || kSpace.find(c) == std::string_view::npos) {
      word.push_back(c);
    } else if (!word.empty()) {
      words_.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words_.push_back(std::move(word));
}

bool KernelCommandLine::HasWord(std::string_view word) const {
  return std::find(words_.begin(), words_.end(), word) != words_.end();
}

std::optional<std::string> KernelCommandLine::Value(std::string_view key) const {
  const std::vector<std::string> values = Values(key);
  if (values.empty()) return std::nullopt;
  return values.back();
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

}  // namespace linuxkit
