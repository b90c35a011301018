// Any bytes give the facts of a module or an error. With clang, //tools/kernel:elf_fuzz builds
// under
//   --copt=-fsanitize=fuzzer-no-link,address --linkopt=-fsanitize=fuzzer,address
// and runs with -max_total_time=60.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/kernel/module_info.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  linuxkit::ReadModuleInfo("kernel/fuzz.ko", bytes).status().IgnoreError();
  return 0;
}
