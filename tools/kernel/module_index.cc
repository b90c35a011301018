// The texts of depmod's indexes (modules.dep(5)): what modprobe, mdev and the kernel's own requests look names up in.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/kernel/module_set.h"

namespace linuxkit {
namespace {

// "char-major-10-237" -> "c10:237"; none for any other alias.
std::optional<std::string> DeviceNumber(std::string_view alias) {
  std::string_view kind;
  if (absl::ConsumePrefix(&alias, "char-major-")) {
    kind = "c";
  } else if (absl::ConsumePrefix(&alias, "block-major-")) {
    kind = "b";
  } else {
    return std::nullopt;
  }
  const size_t dash = alias.find('-');
  uint32_t major = 0;
  uint32_t minor = 0;
  if (dash == std::string_view::npos || !absl::SimpleAtoi(alias.substr(0, dash), &major) ||
      !absl::SimpleAtoi(alias.substr(dash + 1), &minor)) {
    return std::nullopt;
  }
  return absl::StrCat(kind, major, ":", minor);
}

}  // namespace

std::vector<ModuleIndexFile> ModuleSet::IndexFiles() const {
  return {{"modules.dep", DepText()},         {"modules.alias", AliasText()},
          {"modules.softdep", SoftdepText()}, {"modules.weakdep", WeakdepText()},
          {"modules.symbols", SymbolText()},  {"modules.devname", DevnameText()}};
}

std::string ModuleSet::DepText() const {
  std::string text;
  for (const Node& node : nodes_) {
    absl::StrAppend(&text, node.info.path, ":");
    for (const size_t dependency : node.all) {
      absl::StrAppend(&text, " ", nodes_[dependency].info.path);
    }
    text += '\n';
  }
  return text;
}

std::string ModuleSet::AliasText() const {
  std::string text = "# Aliases extracted from modules themselves.\n";
  for (const Node& node : nodes_) {
    for (const std::string& alias : node.info.aliases) {
      absl::StrAppend(&text, "alias ", alias, " ", node.info.name, "\n");
    }
  }
  return text;
}

std::string ModuleSet::SoftdepText() const {
  std::string text = "# Soft dependencies extracted from modules themselves.\n";
  for (const Node& node : nodes_) {
    for (const std::string& softdep : node.info.softdeps) {
      absl::StrAppend(&text, "softdep ", node.info.name, " ", softdep, "\n");
    }
  }
  return text;
}

std::string ModuleSet::WeakdepText() const {
  std::string text = "# Weak dependencies extracted from modules themselves.\n";
  for (const Node& node : nodes_) {
    for (const std::string& weakdep : node.info.weakdeps) {
      absl::StrAppend(&text, "weakdep ", node.info.name, " ", weakdep, "\n");
    }
  }
  return text;
}

std::string ModuleSet::SymbolText() const {
  std::vector<std::pair<std::string_view, std::string_view>> symbols;
  for (const Node& node : nodes_) {
    for (const std::string& symbol : node.info.exports) symbols.emplace_back(symbol, node.info.name);
  }
  std::sort(symbols.begin(), symbols.end());
  std::string text = "# Aliases for symbols, used by symbol_request().\n";
  for (const auto& [symbol, module] : symbols) {
    absl::StrAppend(&text, "alias symbol:", symbol, " ", module, "\n");
  }
  return text;
}

// One line for a module with a device node's name and number among its aliases; empty without such a module.
std::string ModuleSet::DevnameText() const {
  std::string text;
  for (const Node& node : nodes_) {
    std::optional<std::string_view> name;
    std::optional<std::string> number;
    for (const std::string& alias : node.info.aliases) {
      if (name && number) break;
      std::string_view rest = alias;
      if (absl::ConsumePrefix(&rest, "devname:")) {
        name = rest;
      } else if (std::optional<std::string> found = DeviceNumber(alias)) {
        number = std::move(found);
      }
    }
    if (!name || !number) continue;
    if (text.empty()) text = "# Device nodes to trigger on-demand module loading.\n";
    absl::StrAppend(&text, node.info.name, " ", *name, " ", *number, "\n");
  }
  return text;
}

}  // namespace linuxkit
