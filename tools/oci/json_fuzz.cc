// Any bytes are refused or read, by every parser of foreign JSON. The first byte chooses the
// parser.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/oci/documents.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      (void)linuxkit::ParseIndex("fuzz", text);
      break;
    case 1:
      (void)linuxkit::ParseManifest("fuzz", text);
      break;
    case 2:
      (void)linuxkit::ParseConfig("fuzz", text);
      break;
    default:
      (void)linuxkit::ParseDockerArchive("fuzz", text);
      break;
  }
  return 0;
}
