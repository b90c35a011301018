#include "tools/base/param_file.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// Far more than the labels of a system; a wrong file is no reason to fill the memory.
constexpr uint64_t kMostBytes = uint64_t{256} << 20;

class WordReader {
 public:
  explicit WordReader(std::string_view text) : rest_(text) {}

  absl::StatusOr<std::vector<std::string>> Words() {
    while (!rest_.empty()) ABSL_RETURN_IF_ERROR(Take(Next()));
    EndWord();
    return std::move(words_);
  }

 private:
  char Next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  absl::Status Take(char c) {
    if (c == '\n') {
      EndWord();
      return absl::OkStatus();
    }
    in_word_ = true;
    if (c == '\'') return TakeQuoted();
    if (c == '\\' && rest_.empty()) {
      return absl::InvalidArgumentError("found \\ at the end; expected a character behind it");
    }
    word_ += c == '\\' ? Next() : c;
    return absl::OkStatus();
  }

  absl::Status TakeQuoted() {
    const size_t end = rest_.find('\'');
    if (end == rest_.npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("found no ' that ends '", rest_.substr(0, 40), "; expected one"));
    }
    word_ += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return absl::OkStatus();
  }

  void EndWord() {
    if (in_word_) words_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  std::string_view rest_;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseParamFile(std::string_view text) {
  return WordReader(text).Words();
}

absl::StatusOr<std::vector<std::string>> ReadParamFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMostBytes));
  absl::StatusOr<std::vector<std::string>> words = ParseParamFile(text);
  if (words.ok()) return words;
  return absl::Status(words.status().code(),
                      absl::StrCat("the parameter file ", path, ": ", words.status().message()));
}

}  // namespace linuxkit
