// Any bytes are a partition table or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/base/file.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"
#include "tools/gpt/gpt.h"
#include "tools/gpt/validate_gpt.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  Extents extents;
  const GptDisk disk = {
      .sectors = 128,
      .partitions = {{.type = *ParseGuid(kEspType), .first_sector = 40, .sectors = 8}}};
  AddGpt(disk, Mbr(), extents).IgnoreError();
  std::string bytes(extents.size(), '\0');
  for (const auto& [offset, content] : extents.pieces()) {
    content.bytes().copy(bytes.data() + offset, content.size());
  }
  return {bytes};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace linuxkit;
  const MemoryFile memory(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto file = InputFile::Open(memory.path());
  if (file.ok()) ValidateGpt(ImageView(*file)).status().IgnoreError();
  return 0;
}
