// Any bytes are a microcode archive or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/kernel/microcode.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  using std::string_literals::operator""s;
  return {
      MakeMicrocodeArchive("\x01\0\0\0intel"s, "").value(),
      MakeMicrocodeArchive("", "DMA\0amd"s).value(),
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  linuxkit::CheckMicrocodeArchive("ucode.cpio", bytes).IgnoreError();
  return 0;
}
