#include "tools/gpt/gpt_format.h"

#include <zlib.h>

namespace linuxkit {

uint32_t Crc32(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

uint32_t HeaderCrc(GptHeader header) {
  header.header_crc = 0u;
  return Crc32(BytesOf(header));
}

}  // namespace linuxkit
