// The words of the kernel command line.
//
//   KernelCommandLine line("console=ttyS0 quiet linuxkit.runc_debug=1");
//   line.HasWord("quiet");                  // true
//   line.Value("console");                  // "ttyS0"; the last one if there are several
#ifndef RUNTIME_BASE_COMMAND_LINE_H_
#define RUNTIME_BASE_COMMAND_LINE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

class KernelCommandLine {
 public:
  // Words are separated by white space; double quotes keep white space inside a word, as in the
  // kernel.
  explicit KernelCommandLine(std::string_view text);

  bool HasWord(std::string_view word) const;
  std::optional<std::string> Value(std::string_view key) const;
  // All values of `key=...` in order.
  std::vector<std::string> Values(std::string_view key) const;

 private:
  std::vector<std::string> words_;
};

}  // namespace linuxkit

#endif  // RUNTIME_BASE_COMMAND_LINE_H_
