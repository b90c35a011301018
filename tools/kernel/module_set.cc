// Dependencies, as depmod finds them:
//
//   1. Modules are put into the order of modules.order, the others behind them by path.
//   2. A module's direct dependencies are the owners of the symbols it uses.
//   3. Load ranks: modules nobody uses come first, then those whose users all have a rank (a topological order, made
//      with a stack).
//   4. A line of modules.dep has all dependencies, direct or not, by rank: modprobe loads them from the last to the first.
#include "tools/kernel/module_set.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr std::string_view kUpdates = "updates/";

std::string Normalized(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

// The names of a softdep or weakdep: its words without the keywords "pre:" and "post:".
std::vector<std::string> DependencyWords(const std::vector<std::string>& values) {
  std::vector<std::string> words;
  for (const std::string& value : values) {
    for (std::string_view word : absl::StrSplit(value, ' ', absl::SkipWhitespace())) {
      if (!word.ends_with(':')) words.push_back(Normalized(word));
    }
  }
  return words;
}

// The number of letters to insert, delete or replace to make `a` into `b`.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

absl::Status ModuleSet::Add(ModuleInfo module) {
  const auto [found, added] = by_name_.try_emplace(module.name, nodes_.size());
  if (added) {
    nodes_.push_back({.info = std::move(module)});
    return absl::OkStatus();
  }
  ModuleInfo& other = nodes_[found->second].info;
  if (other.path == module.path) {  // a later archive replaces it
    other = std::move(module);
    return absl::OkStatus();
  }
  const bool updates = module.path.starts_with(kUpdates);
  if (updates == other.path.starts_with(kUpdates)) {
    return absl::InvalidArgumentError(absl::StrCat("two kernel modules have the name ", module.name,
                                                   ": ", other.path, " and ", module.path));
  }
  if (updates) other = std::move(module);
  return absl::OkStatus();
}

void ModuleSet::SetOrder(std::string_view text) {
  for (std::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    order_.try_emplace(UncompressedModulePath(line), order_.size());
  }
}

void ModuleSet::SetBuiltin(std::string_view text) {
  builtin_known_ = true;
  for (std::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    builtin_.insert(ModuleName(line));
  }
}

bool ModuleSet::Has(std::string_view path) const {
  const auto found = by_name_.find(ModuleName(path));
  return found != by_name_.end() &&
         nodes_[found->second].info.path == UncompressedModulePath(path);
}

void ModuleSet::Keep(const std::set<std::string>& names) {
  std::erase_if(nodes_, [&](const Node& node) { return !names.contains(node.info.name); });
  by_name_.clear();
  for (size_t i = 0; i < nodes_.size(); ++i) by_name_[nodes_[i].info.name] = i;
}

absl::Status ModuleSet::Resolve() {
  Sort();
  FindDirect();
  ABSL_ASSIGN_OR_RETURN(const std::vector<size_t> ranks, LoadRanks());
  FindAll(ranks);
  return absl::OkStatus();
}

void ModuleSet::Sort() {
  const auto key = [this](const Node& node) {
    const auto found = order_.find(node.info.path);
    const size_t rank =
        found == order_.end() ? std::numeric_limits<size_t>::max() : found->second;
    return std::pair<size_t, std::string_view>(rank, node.info.path);
  };
  std::sort(nodes_.begin(), nodes_.end(),
            [&](const Node& a, const Node& b) { return key(a) < key(b); });
  by_name_.clear();
  by_alias_.clear();
  for (size_t i = 0; i < nodes_.size(); ++i) {
    by_name_[nodes_[i].info.name] = i;
    for (const std::string& alias : nodes_[i].info.aliases) {
      by_alias_[Normalized(alias)].push_back(i);
    }
  }
}

void ModuleSet::AddDirect(Node& node, size_t dependency) {
  if (&nodes_[dependency] == &node) return;
  if (std::find(node.direct.begin(), node.direct.end(), dependency) != node.direct.end()) return;
  node.direct.push_back(dependency);
}

void ModuleSet::FindDirect() {
  absl::flat_hash_map<std::string_view, size_t> owners;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (const std::string& symbol : nodes_[i].info.exports) owners[symbol] = i;
  }
  for (Node& node : nodes_) {
    node.direct.clear();
    for (const std::string& symbol : node.info.imports) {
      const auto owner = owners.find(symbol);
      if (owner != owners.end()) AddDirect(node, owner->second);
    }
    // The kernel's build found the same; this holds even if exports are marked in a way we do not know.
    for (const std::string& name : node.info.depends) {
      const auto found = by_name_.find(name);
      if (found != by_name_.end()) AddDirect(node, found->second);
    }
  }
}

absl::StatusOr<std::vector<size_t>> ModuleSet::LoadRanks() const {
  std::vector<size_t> users(nodes_.size());
  for (const Node& node : nodes_) {
    for (const size_t dependency : node.direct) ++users[dependency];
  }
  std::vector<size_t> stack;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (users[i] == 0) stack.push_back(i);
  }
  std::vector<size_t> ranks(nodes_.size());
  size_t ranked = 0;
  while (!stack.empty()) {
    const size_t index = stack.back();
    stack.pop_back();
    ranks[index] = ranked++;
    for (const size_t dependency : nodes_[index].direct) {
      if (--users[dependency] == 0) stack.push_back(dependency);
    }
  }
  if (ranked != nodes_.size()) return CircleError(users);
  return ranks;
}

// `users` are what is left of the counts: every module with some left is in a circle or is needed by one. So walking from
// user to user among them must meet a module twice.
absl::Status ModuleSet::CircleError(const std::vector<size_t>& users) const {
  const auto user_of = [&](size_t wanted) {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const std::vector<size_t>& direct = nodes_[i].direct;
      if (users[i] > 0 && std::find(direct.begin(), direct.end(), wanted) != direct.end()) return i;
    }
    return wanted;
  };
  size_t at = 0;
  while (users[at] == 0) ++at;
  std::vector<size_t> walk;
  while (std::find(walk.begin(), walk.end(), at) == walk.end()) {
    walk.push_back(at);
    at = user_of(at);
  }
  std::vector<std::string> names = {nodes_[at].info.name};
  for (auto step = walk.rbegin(); step != walk.rend(); ++step) {
    names.push_back(nodes_[*step].info.name);
    if (*step == at) break;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "kernel modules depend on each other in a circle: ", absl::StrJoin(names, " -> ")));
}

void ModuleSet::FindAll(const std::vector<size_t>& ranks) {
  for (Node& node : nodes_) {
    absl::flat_hash_set<size_t> seen;
    node.all = node.direct;
    for (size_t i = 0; i < node.all.size(); ++i) {
      if (i < node.direct.size()) seen.insert(node.all[i]);
    }
    for (size_t i = 0; i < node.all.size(); ++i) {
      for (const size_t next : nodes_[node.all[i]].direct) {
        if (seen.insert(next).second) node.all.push_back(next);
      }
    }
    std::sort(node.all.begin(), node.all.end(),
              [&](size_t a, size_t b) { return ranks[a] < ranks[b]; });
  }
}

// A module by its name, or those that have the name as an alias ("crypto-md5").
std::vector<size_t> ModuleSet::Providers(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return {found->second};
  const auto alias = by_alias_.find(name);
  return alias == by_alias_.end() ? std::vector<size_t>() : alias->second;
}

absl::Status ModuleSet::UnknownModule(std::string_view name) const {
  std::set<std::string> known = builtin_;
  for (const Node& node : nodes_) known.insert(node.info.name);
  std::string message = absl::StrCat("kernel ", version_, " has no module \"", name, "\"");
  const std::string wanted = Normalized(name);
  const auto nearest = std::min_element(
      known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
        return EditDistance(a, wanted) < EditDistance(b, wanted);
      });
  if (nearest != known.end()) absl::StrAppend(&message, "; the nearest name is \"", *nearest, "\"");
  if (!builtin_known_) {
    absl::StrAppend(&message,
                    "; if it is built into the kernel, leave it out or add the package that has "
                    "modules.builtin");
  }
  return absl::NotFoundError(message);
}

absl::Status ModuleSet::AddNeeds(const Node& node, std::vector<size_t>& queue) const {
  for (const std::string& name : node.info.depends) {
    if (by_name_.contains(name) || builtin_.contains(name)) continue;
    return absl::NotFoundError(absl::StrCat("kernel module ", node.info.path, " depends on ", name,
                                            ", which is neither there nor built in"));
  }
  queue.insert(queue.end(), node.direct.begin(), node.direct.end());
  for (const auto* values : {&node.info.softdeps, &node.info.weakdeps}) {
    for (const std::string& word : DependencyWords(*values)) {
      const std::vector<size_t> providers = Providers(word);
      queue.insert(queue.end(), providers.begin(), providers.end());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> ModuleSet::Closure(
    absl::Span<const std::string> names) const {
  std::vector<size_t> queue;
  for (const std::string& name : names) {
    const auto found = by_name_.find(Normalized(name));
    if (found != by_name_.end()) {
      queue.push_back(found->second);
    } else if (!builtin_.contains(Normalized(name))) {
      return UnknownModule(name);
    }
  }
  std::set<std::string> closure;
  for (size_t i = 0; i < queue.size(); ++i) {
    const Node& node = nodes_[queue[i]];
    if (!closure.insert(node.info.name).second) continue;
    ABSL_RETURN_IF_ERROR(AddNeeds(node, queue));
  }
  return closure;
}

}  // namespace linuxkit
