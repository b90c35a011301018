#include "runtime/getty/terminals.h"

#include <algorithm>

namespace linuxkit {
namespace {

Terminal TerminalOf(const std::string& console) {
  std::string name = console.substr(0, console.find(','));
  if (name == "tty0") name = "tty1";
  const bool is_screen =
      name.size() > 3 && name.starts_with("tty") && name[3] >= '0' && name[3] <= '9';
  return {"/dev/" + name, is_screen ? "linux" : "vt102"};
}

}  // namespace

std::vector<Terminal> FindTerminals(const KernelCommandLine& command_line,
                                    const std::function<bool(const std::string&)>& exists) {
  std::vector<Terminal> terminals;
  for (const std::string& console : command_line.Values("console")) {
    const Terminal terminal = TerminalOf(console);
    const bool known = std::find(terminals.begin(), terminals.end(), terminal) != terminals.end();
    if (!known && exists(terminal.device)) terminals.push_back(terminal);
  }
  if (terminals.empty()) terminals.push_back({"/dev/console", "vt102"});
  return terminals;
}

}  // namespace linuxkit
