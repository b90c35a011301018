// The modules of one kernel and how they depend on each other: depmod.
//
//   ModuleSet modules("6.12.5");
//   ABSL_RETURN_IF_ERROR(modules.Add(info));                       // for each
//   ABSL_RETURN_IF_ERROR(modules.Resolve());
//   ABSL_ASSIGN_OR_RETURN(auto names, modules.Closure({"overlay"}));   // optional
//   for (const ModuleIndexFile& file : modules.IndexFiles()) ...   // modules.dep, modules.alias,
//   ...
//
// A module depends on those that export a symbol it uses, and on those its .modinfo names. Texts
// and their order are those of kmod's depmod, except that symbols, whose order means nothing, come
// sorted. Memory grows with the number of modules and symbols.
#ifndef TOOLS_KERNEL_MODULE_SET_H_
#define TOOLS_KERNEL_MODULE_SET_H_

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/kernel/module_info.h"

namespace linuxkit {

struct ModuleIndexFile {
  std::string name;
  std::string content;
};

class ModuleSet {
 public:
  // `version` stands in messages.
  explicit ModuleSet(std::string version) : version_(std::move(version)) {}

  // Two modules of one name are an error, unless one is below updates/, which then counts, as for
  // depmod.
  absl::Status Add(ModuleInfo module);
  // The content of modules.order and modules.builtin: one path a line. Both come before Resolve.
  void SetOrder(std::string_view text);
  void SetBuiltin(std::string_view text);

  // Finds the dependencies. A circle is an error: no order would load it.
  absl::Status Resolve();

  // The named modules and all they need: dependencies, soft and weak ones too where they exist.
  // Names in either spelling; what is built in needs nothing. An unknown name, or a dependency that
  // is not there, is an error.
  absl::StatusOr<std::set<std::string>> Closure(absl::Span<const std::string> names) const;

  // Forgets all modules but these. Resolve has to run again.
  void Keep(const std::set<std::string>& names);

  // modules.dep, modules.alias, modules.softdep, modules.weakdep, modules.symbols and
  // modules.devname.
  std::vector<ModuleIndexFile> IndexFiles() const;

  size_t size() const { return nodes_.size(); }
  bool HasName(std::string_view name) const { return by_name_.contains(name); }
  // Whether the path's module counts, and is not one hidden by updates/.
  bool Has(std::string_view path) const;

 private:
  struct Node {
    ModuleInfo info;
    // Indexes into nodes_, in the order met.
    std::vector<size_t> direct = {};
    // All that has to be loaded before, the nearest first.
    std::vector<size_t> all = {};
  };
  void Sort();
  void FindDirect();
  void AddDirect(Node& node, size_t dependency);
  absl::StatusOr<std::vector<size_t>> LoadRanks() const;
  absl::Status CircleError(const std::vector<size_t>& users) const;
  void FindAll(const std::vector<size_t>& ranks);
  std::vector<size_t> Providers(const std::string& name) const;
  absl::Status UnknownModule(std::string_view name) const;
  absl::Status AddNeeds(const Node& node, std::vector<size_t>& queue) const;

  std::string DepText() const;
  std::string AliasText() const;
  std::string SoftdepText() const;
  std::string WeakdepText() const;
  std::string SymbolText() const;
  std::string DevnameText() const;

  std::string version_;
  std::vector<Node> nodes_;
  absl::flat_hash_map<std::string, size_t> by_name_;
  // Exact aliases only; patterns match devices, not names.
  absl::flat_hash_map<std::string, std::vector<size_t>> by_alias_;
  absl::flat_hash_map<std::string, size_t> order_;
  bool builtin_known_ = false;
  std::set<std::string> builtin_;
};

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_MODULE_SET_H_
