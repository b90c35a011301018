// Inserts kernel modules with what they depend on.
#ifndef RUNTIME_MODULES_MODULE_LOADER_H_
#define RUNTIME_MODULES_MODULE_LOADER_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/modules/module_index.h"

namespace linuxkit {

// /lib/modules/RELEASE of the running kernel, with /etc/modprobe.d and /lib/modprobe.d. A small
// initrd may have its modules below /usr/lib and no link to it.
ModuleIndex IndexOfRunningKernel();

class ModuleLoader {
 public:
  using Insert = std::function<absl::Status(const Module&)>;

  // `insert` is InsertModule but in tests.
  explicit ModuleLoader(ModuleIndex index, Insert insert);

  // Loads everything that a name or alias stands for. Already loaded and built-in modules are fine.
  // With `use_blacklist`, modules that modprobe.d blacklists are left out when an alias leads to
  // them.
  absl::Status Load(std::string_view name_or_alias, bool use_blacklist);

 private:
  absl::Status LoadModule(const std::string& name);

  ModuleIndex index_;
  Insert insert_;
  std::set<std::string> tried_;
};

// finit_module(2). A file named *.xz, *.zst or *.gz is handed over compressed, for the kernel to
// unpack. A module that is already there is a success.
absl::Status InsertModule(const Module& module);

// Loads the modules of all devices that the kernel has found: every `modalias` below /sys/devices.
// Repeats while that brings up new devices (a PCI bridge, a bus). Devices without a module are
// normal and not reported.
void LoadModulesOfDevices(ModuleLoader& loader, const std::string& sys_devices);

}  // namespace linuxkit

#endif  // RUNTIME_MODULES_MODULE_LOADER_H_
