#include "runtime/modules/module_index.h"

#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

std::string Normalized(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

std::vector<std::string_view> Words(std::string_view line) {
  return absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
}

std::string ReadOrEmpty(const std::string& path) { return ReadFile(path).value_or(""); }

}  // namespace

std::string ModuleName(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return Normalized(path.substr(0, path.find(".ko")));
}

ModuleIndex ModuleIndex::Load(const std::string& directory,
                              const std::vector<std::string>& config_directories) {
  ModuleIndex index;
  index.AddDependencies(ReadOrEmpty(directory + "/modules.dep"), directory);
  index.AddBuiltins(ReadOrEmpty(directory + "/modules.builtin"));
  for (const std::string& config : config_directories) {
    for (const std::string& name : ListDirectory(config).value_or(std::vector<std::string>())) {
      if (name.ends_with(".conf")) index.AddConfiguration(ReadOrEmpty(config + "/" + name));
    }
  }
  index.AddConfiguration(ReadOrEmpty(directory + "/modules.alias"));
  index.AddConfiguration(ReadOrEmpty(directory + "/modules.softdep"));
  return index;
}

void ModuleIndex::AddDependencies(std::string_view text, std::string_view directory) {
  const auto absolute = [directory](std::string_view path) {
    return path.starts_with('/') ? std::string(path) : absl::StrCat(directory, "/", path);
  };
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    Entry& entry = modules_[ModuleName(line.substr(0, colon))];
    entry.path = absolute(line.substr(0, colon));
    for (const std::string_view word : Words(line.substr(colon + 1))) {
      entry.dependencies.push_back(ModuleName(word));
    }
  }
}

void ModuleIndex::AddBuiltins(std::string_view text) {
  for (const std::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    builtins_.insert(ModuleName(absl::StripAsciiWhitespace(line)));
  }
}

void ModuleIndex::AddConfiguration(std::string_view text) {
  for (const std::string_view line : absl::StrSplit(text, '\n')) AddConfigurationLine(line);
}

void ModuleIndex::AddConfigurationLine(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  if (words.size() < 2 || words[0].starts_with('#')) return;
  if (words[0] == "blacklist") blacklist_.insert(Normalized(words[1]));
  if (words.size() < 3) return;
  if (words[0] == "alias") {
    const std::string pattern(words[1]);
    aliases_.push_back(
        {pattern, pattern.substr(0, pattern.find_first_of("*?[\\")), Normalized(words[2])});
  } else if (words[0] == "options") {
    std::string& options = modules_[Normalized(words[1])].options;
    absl::StrAppend(&options, options.empty() ? "" : " ",
                    absl::StrJoin(words.begin() + 2, words.end(), " "));
  } else if (words[0] == "softdep") {
    AddSoftDependency(words);
  }
}

// Only `pre:` modules: `post:` ones would need a second pass and no module depends on their order.
void ModuleIndex::AddSoftDependency(const std::vector<std::string_view>& words) {
  Entry& entry = modules_[Normalized(words[1])];
  bool pre = false;
  for (size_t i = 2; i < words.size(); ++i) {
    if (words[i].ends_with(':')) {
      pre = words[i] == "pre:";
    } else if (pre) {
      entry.soft_dependencies.push_back(Normalized(words[i]));
    }
  }
}

std::vector<std::string> ModuleIndex::Resolve(std::string_view name_or_alias) const {
  const std::string name = Normalized(name_or_alias);
  const auto found = modules_.find(name);
  if (found != modules_.end() && !found->second.path.empty()) return {name};
  std::vector<std::string> names;
  const std::string text(name_or_alias);
  for (const Alias& alias : aliases_) {
    if (!text.starts_with(alias.prefix)) continue;
    if (fnmatch(alias.pattern.c_str(), text.c_str(), 0) != 0) continue;
    if (std::find(names.begin(), names.end(), alias.module) == names.end()) {
      names.push_back(alias.module);
    }
  }
  return names;
}

std::vector<Module> ModuleIndex::LoadOrder(std::string_view name) const {
  std::set<std::string> seen;
  std::vector<Module> order;
  Visit(Normalized(name), seen, order);
  return order;
}

// Depth first. A circle (depmod reports and breaks those) ends at `seen`.
void ModuleIndex::Visit(const std::string& name, std::set<std::string>& seen,
                        std::vector<Module>& order) const {
  const auto found = modules_.find(name);
  if (found == modules_.end() || !seen.insert(name).second) return;
  const Entry& entry = found->second;
  for (const std::string& soft : entry.soft_dependencies) {
    // A soft dependency may be an alias.
    for (const std::string& module : Resolve(soft)) Visit(module, seen, order);
  }
  // modules.dep lists all indirect dependencies, the deepest last.
  for (auto it = entry.dependencies.rbegin(); it != entry.dependencies.rend(); ++it) {
    Visit(*it, seen, order);
  }
  if (!entry.path.empty()) order.push_back({name, entry.path, entry.options});
}

bool ModuleIndex::IsBuiltin(std::string_view name) const {
  return builtins_.contains(Normalized(name));
}

bool ModuleIndex::IsBlacklisted(std::string_view name) const {
  return blacklist_.contains(Normalized(name));
}

}  // namespace linuxkit
