// Any bytes are an ISO image or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/base/file.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"
#include "tools/iso/iso_image.h"
#include "tools/iso/validate_iso.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  IsoOptions options;
  options.files = {{"dir/a long name", Content::OfBytes("a")}, {"b", Content::OfBytes("b")}};
  const auto iso = MakeIsoImage(std::move(options));
  std::string bytes(size_t{64} * 2048, '\0');
  for (const auto& [offset, content] : iso->pieces()) {
    if (offset < bytes.size()) content.bytes().copy(bytes.data() + offset, bytes.size() - offset);
  }
  // The writer rounds up to 1 MiB, which only slows the fuzzer down: 64 blocks, in both
  // descriptors.
  for (const size_t descriptor : {16, 17}) {
    bytes.replace(descriptor * 2048 + 80, 8, std::string_view("\x40\0\0\0\0\0\0\x40", 8));
  }
  return {bytes};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace linuxkit;
  const MemoryFile memory(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto file = InputFile::Open(memory.path());
  if (file.ok()) ValidateIso(ImageView(*file)).status().IgnoreError();
  return 0;
}
