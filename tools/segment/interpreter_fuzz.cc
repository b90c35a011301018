// Any bytes have an interpreter or none.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/segment/interpreter.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  std::string elf(160, '\0');
  elf.replace(0, 6,
              std::string("\x7f"
                          "ELF\2\1",
                          6));
  elf[32] = 64;  // the program headers: where, how large, how many
  elf[54] = 56;
  elf[56] = 1;
  elf[64] = 3;  // PT_INTERP: where, how large
  elf[72] = 120;
  elf[96] = 8;
  elf.replace(120, 7, "/lib/ld");
  return {elf, "#!/bin/sh -e\n"};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  linuxkit::InterpreterOf(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
