// Kernel modules for tests: small ELF files with .modinfo, exported and imported symbols, as real
// as depmod needs them.
#ifndef TOOLS_KERNEL_TESTING_MODULE_BUILDER_H_
#define TOOLS_KERNEL_TESTING_MODULE_BUILDER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace linuxkit {

struct ModuleSpec {
  // "alias=fs-x" and so on.
  std::vector<std::string> modinfo = {};
  std::vector<std::string> exports = {};
  std::vector<std::string> imports = {};
  bool wide = true;
  bool big_endian = false;
  uint16_t machine = 62;
};

std::string BuildModule(const ModuleSpec& spec);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_TESTING_MODULE_BUILDER_H_
