// Any header is refused or read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/registry/challenge.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)linuxkit::ParseChallenges(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
