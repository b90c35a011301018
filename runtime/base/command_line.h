// The words of the kernel command line.
//
//   KernelCommandLine line("console=ttyS0 quiet linuxkit.runc_debug=1");
//   line.HasWord("quiet");                  // true
//   line.Value("linuxkit.runc_debug");      // "1"
//
// What starts a system may append words to a command line that someone vouches for: systemd's stub
// does, to that of a signed image. So no word may change what stands in front of it, and a line
// that ends with "--" takes no more words: those behind it are arguments of init, for the kernel
// and here (Documentation/admin-guide/kernel-parameters.rst).
#ifndef RUNTIME_BASE_COMMAND_LINE_H_
#define RUNTIME_BASE_COMMAND_LINE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

class KernelCommandLine {
 public:
  // Words are separated by white space; double quotes keep white space inside a word, as in the
  // kernel. Words behind "--" are left out.
  explicit KernelCommandLine(std::string_view text);

  bool HasWord(std::string_view word) const;
  // The value of `key=...`, if there is one. Two that differ are an error.
  absl::StatusOr<std::optional<std::string>> Value(std::string_view key) const;
  // All values of `key=...` in order.
  std::vector<std::string> Values(std::string_view key) const;

 private:
  std::vector<std::string> words_;
};

// `text` with more words for the kernel, in front of "--".
std::string AddKernelWords(std::string_view text, std::string_view words);

// `text` ended by "--", so that the kernel and init take no word that is appended to it. Fails if a
// double quote has no end: what is appended would be part of that word.
absl::StatusOr<std::string> SealCommandLine(std::string_view text);

}  // namespace linuxkit

#endif  // RUNTIME_BASE_COMMAND_LINE_H_
