// Any bytes give the facts of a module or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/kernel/module_info.h"
#include "tools/kernel/testing/module_builder.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  const std::vector<std::string> modinfo = {"depends=a,b", "alias=fs-x", "softdep=pre: c",
                                            "vermagic=6.12 SMP"};
  return {
      BuildModule({.modinfo = modinfo, .exports = {"e"}, .imports = {"i"}}),
      BuildModule({.modinfo = modinfo, .exports = {"e"}, .wide = false}),
      BuildModule({.modinfo = modinfo, .imports = {"i"}, .big_endian = true, .machine = 22}),
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  linuxkit::ReadModuleInfo("kernel/fuzz.ko", bytes).status().IgnoreError();
  return 0;
}
