// The regular expressions of test plans: POSIX extended syntax (`[0-9]+`, `(a|b)`, `^`, `$` at line
// ends), searched for anywhere in a text. POSIX, because its matcher needs no stack that grows with
// the text.
#ifndef TOOLS_QEMU_PATTERN_H_
#define TOOLS_QEMU_PATTERN_H_

#include <regex.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

class Pattern {
 public:
  // `where` begins the error of a malformed expression: `ports[0].expect`.
  static absl::StatusOr<Pattern> Compile(std::string_view where, const std::string& text);

  const std::string& text() const { return text_; }
  bool FoundIn(std::string_view subject) const;

 private:
  struct Free {
    void operator()(regex_t* regex) const;
  };
  Pattern(std::string text, std::unique_ptr<regex_t, Free> regex);

  std::string text_;
  std::unique_ptr<regex_t, Free> regex_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_PATTERN_H_
