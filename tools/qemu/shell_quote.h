// Command lines as a shell reads them, for --dry-run and for failure reports.
#ifndef TOOLS_QEMU_SHELL_QUOTE_H_
#define TOOLS_QEMU_SHELL_QUOTE_H_

#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

// `word` as one word of a POSIX shell; in single quotes only if it needs them.
std::string ShellQuote(std::string_view word);

// All words, quoted, separated by spaces.
std::string ShellQuoteAll(const std::vector<std::string>& words);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_SHELL_QUOTE_H_
