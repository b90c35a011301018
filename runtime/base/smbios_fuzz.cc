// Whatever the table of a machine is, reading it ends, and its strings are shorter than it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/smbios.h"
#include "tools/fuzz/seeds.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  return {
      std::string("\x01\x06\x00\x00\x01\x02QEMU\0PC\0\0"
                  "\x0b\x05\x01\x00\x02"
                  "first\0second\0\0\x7f\x04\x02\x00\0\0",
                  40)};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view table(reinterpret_cast<const char*>(data), size);
  size_t total = 0;
  for (const std::string& text : linuxkit::OemStrings(table)) total += text.size() + 1;
  if (total > size) abort();
  return 0;
}
