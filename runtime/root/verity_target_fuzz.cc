// Any bytes at the start of a device are a target, a file system or an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/root/file_system_type.h"
#include "runtime/root/root_options.h"
#include "runtime/root/verity_target.h"
#include "tools/disk/fields.h"
#include "tools/fuzz/seeds.h"
#include "tools/verity/verity_format.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  const VeritySuperblock superblock = {.signature = kVeritySignature,
                                       .version = uint32_t{1},
                                       .hash_type = uint32_t{1},
                                       .algorithm = TextField<32>("sha256", '\0'),
                                       .data_block_size = kVerityBlock,
                                       .hash_block_size = kVerityBlock,
                                       .data_blocks = uint64_t{2},
                                       .salt_size = uint16_t{32}};
  return {std::string(BytesOf(superblock)), "hsqs"};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace linuxkit;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const VerityOptions options{.root_hash = std::string(64, '0'), .hash_offset = 2 * kVerityBlock};
  const auto target = MakeVerityTarget(bytes, options, "254:0");
  // What gets into the table is one line of words that no byte of the disk can add to.
  if (target.ok() && target->parameters.find_first_not_of(
                         "0123456789abcdefghijklmnopqrstuvwxyz_:- ") != std::string::npos) {
    abort();
  }
  (void)FileSystemType(bytes);
  return 0;
}
