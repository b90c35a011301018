// What host and guest have said to each other, for people: a line each, escaped, without the nonce.
//
//   < SERVICE web started
//   > EXEC 1 web id
#ifndef TOOLS_QEMU_TRANSCRIPT_H_
#define TOOLS_QEMU_TRANSCRIPT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "runtime/base/printable.h"

namespace linuxkit {

class Transcript {
 public:
  void Heard(std::string_view line) { Add("< ", line); }
  void Said(std::string_view line) { Add("> ", line); }
  const std::string& text() const { return text_; }

 private:
  // Of one line, and of all together: a guest may talk without end.
  static constexpr size_t kLineLimit = 1000;
  static constexpr size_t kLimit = size_t{4} << 20;

  void Add(std::string_view arrow, std::string_view line) {
    if (full_) return;
    full_ = text_.size() > kLimit;
    absl::StrAppend(
        &text_, full_ ? "(the rest is left out)" : absl::StrCat(arrow, Printable(line, kLineLimit)),
        "\n");
  }

  std::string text_;
  bool full_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_TRANSCRIPT_H_
