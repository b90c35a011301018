#include "tools/qemu/pattern.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Perl's classes would mean the plain letter here, and the test would wait for it in vain.
std::string_view PerlClassIn(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (text[i + 1] == 'd' || text[i + 1] == 'D') return text.substr(i, 2);
    ++i;
  }
  return "";
}

}  // namespace

void Pattern::Free::operator()(regex_t* regex) const {
  regfree(regex);
  delete regex;
}

Pattern::Pattern(std::string text, std::unique_ptr<regex_t, Free> regex)
    : text_(std::move(text)), regex_(std::move(regex)) {}

absl::StatusOr<Pattern> Pattern::Compile(std::string_view where, const std::string& text) {
  if (const std::string_view perl = PerlClassIn(text); !perl.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": \"", text, "\": ", perl, " is not POSIX; write [0-9] or [^0-9]"));
  }
  auto regex = std::make_unique<regex_t>();
  if (const int code = regcomp(regex.get(), text.c_str(), REG_EXTENDED | REG_NEWLINE | REG_NOSUB);
      code != 0) {
    char reason[256];
    regerror(code, regex.get(), reason, sizeof reason);
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": \"", text, "\" is not a POSIX extended regular expression: ", reason));
  }
  return Pattern(text, std::unique_ptr<regex_t, Free>(regex.release()));
}

bool Pattern::FoundIn(std::string_view subject) const {
  // REG_STARTEND: the text has a length and may hold zero bytes.
  regmatch_t range = {.rm_so = 0, .rm_eo = static_cast<regoff_t>(subject.size())};
  return regexec(regex_.get(), subject.data() == nullptr ? "" : subject.data(), 1, &range,
                 REG_STARTEND) == 0;
}

}  // namespace linuxkit
