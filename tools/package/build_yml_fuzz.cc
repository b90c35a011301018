// Any text is a build.yml or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/package/build_yml.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  return {
      "image: x\norg: o\nconfig:\n  binds:\n    - /dev:/dev\n  readonly: true\n",
      "image: x\nconfig: {net: host, pid: 'true', a: 0x1F, b: 1.5e3, c: ~, d: -.5}\n",
      "image: x\nconfig: {z: &l [1], a: *l, s: !!str 5}\n",
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  linuxkit::ConfigLabelOf("build.yml", text).status().IgnoreError();
  return 0;
}
