// What a kernel module says about itself: the facts that depmod puts into its indexes.
//
//   ABSL_ASSIGN_OR_RETURN(ModuleInfo info, ReadModuleInfo("kernel/fs/fat/vfat.ko", bytes));
//   // info.name == "vfat", info.depends == {"fat"}
#ifndef TOOLS_KERNEL_MODULE_INFO_H_
#define TOOLS_KERNEL_MODULE_INFO_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct ModuleInfo {
  // Below lib/modules/VERSION, without a compression suffix.
  std::string path;
  // The file's name with "_" for "-", which is what the kernel and modprobe go by.
  std::string name;
  uint16_t machine = 0;
  // Of .modinfo, in its order. `softdeps` and `weakdeps` hold whole values ("pre: a b post: c").
  std::vector<std::string> depends = {};
  std::vector<std::string> aliases = {};
  std::vector<std::string> softdeps = {};
  std::vector<std::string> weakdeps = {};
  // The first word is the kernel's version.
  std::string vermagic = "";
  // Symbols that other modules may use, and those that this one uses.
  std::vector<std::string> exports = {};
  std::vector<std::string> imports = {};
};

// True for NAME.ko, NAME.ko.gz, NAME.ko.xz and NAME.ko.zst.
bool IsModulePath(std::string_view path);
// Without the compression suffix of a module.
std::string_view UncompressedModulePath(std::string_view path);
// "kernel/net/nf-log.ko.xz" -> "nf_log"; also for a bare name.
std::string ModuleName(std::string_view path);

// `bytes` is the uncompressed module. Errors name `path`.
absl::StatusOr<ModuleInfo> ReadModuleInfo(std::string_view path, std::string_view bytes);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_MODULE_INFO_H_
