// Any bytes are a FAT file system or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/base/file.h"
#include "tools/fat/fat_image.h"
#include "tools/fat/validate_fat.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  const auto image =
      MakeFatImage({.type = FatType::kFat12},
                   {{"dir/a long name", Content::OfBytes("a")}, {"B", Content::OfBytes("b")}});
  std::string bytes(image->extents.size(), '\0');
  for (const auto& [offset, content] : image->extents.pieces()) {
    content.bytes().copy(bytes.data() + offset, content.size());
  }
  return {bytes};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace linuxkit;
  const MemoryFile memory(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto file = InputFile::Open(memory.path());
  if (file.ok()) ValidateFat(ImageView(*file)).IgnoreError();
  return 0;
}
