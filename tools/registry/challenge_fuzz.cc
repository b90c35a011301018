// Any header is refused or read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/registry/challenge.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  return {
      R"(Bearer realm="https://a.example/token",service="r",scope="repository:a/b:pull")",
      R"(Basic realm="a \"b\"", Bearer realm=x)",
      "Negotiate dG9rZW4=, Basic",
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)linuxkit::ParseChallenges(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
