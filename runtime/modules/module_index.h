// What depmod and modprobe.d know about kernel modules: which file a module is, what it needs,
// which aliases it has.
//
//   ModuleIndex index = ModuleIndex::Load("/lib/modules/6.12.1", {"/etc/modprobe.d",
//   "/lib/modprobe.d"}); index.Resolve("pci:v00001AF4d00001000sv...");     // {"virtio_pci"}
//   index.LoadOrder("overlay");                       // modules in the order in which they must be
//   inserted
//
// Files: modules.dep (`kernel/a.ko: kernel/b.ko`), modules.alias (`alias PATTERN MODULE`),
// modules.softdep
// (`softdep MODULE pre: A B post: C`), modules.builtin (a path per line); modprobe.d has `alias`,
// `softdep`, `options MODULE TEXT` and `blacklist MODULE`. A missing file is an empty one. In names
// `-` and `_` are the same.
#ifndef RUNTIME_MODULES_MODULE_INDEX_H_
#define RUNTIME_MODULES_MODULE_INDEX_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

// A module to insert: its file, and the parameters that modprobe.d gives it.
struct Module {
  std::string name;
  std::string path;
  std::string options;
};

class ModuleIndex {
 public:
  static ModuleIndex Load(const std::string& directory,
                          const std::vector<std::string>& config_directories);

  // `text` is the content of a file of the named kind; `directory` is put in front of relative
  // module paths.
  void AddDependencies(std::string_view text, std::string_view directory);
  void AddBuiltins(std::string_view text);
  // modules.alias, modules.softdep and modprobe.d files share one syntax.
  void AddConfiguration(std::string_view text);

  // The modules that a module name or alias stands for, in the order of the files; empty if there
  // is none.
  std::vector<std::string> Resolve(std::string_view name_or_alias) const;
  // The module with everything that must be inserted before it, dependencies first.
  std::vector<Module> LoadOrder(std::string_view name) const;
  bool IsBuiltin(std::string_view name) const;
  bool IsBlacklisted(std::string_view name) const;

 private:
  struct Alias {
    std::string pattern;
    // The part of the pattern before its first wildcard: most aliases are ruled out by it, without
    // fnmatch.
    std::string prefix;
    std::string module;
  };
  struct Entry {
    std::string path;
    std::vector<std::string> dependencies;
    std::vector<std::string> soft_dependencies;
    std::string options;
  };
  void AddConfigurationLine(std::string_view line);
  void AddSoftDependency(const std::vector<std::string_view>& words);
  void Visit(const std::string& name, std::set<std::string>& seen,
             std::vector<Module>& order) const;

  std::map<std::string, Entry> modules_;
  std::vector<Alias> aliases_;
  std::set<std::string> builtins_;
  std::set<std::string> blacklist_;
};

// The name of the module in a file: "kernel/net/9p/9pnet-virtio.ko.xz" is "9pnet_virtio".
std::string ModuleName(std::string_view path);

}  // namespace linuxkit

#endif  // RUNTIME_MODULES_MODULE_INDEX_H_
