// The table (DMTF DSP0134, 6.1) is a sequence of structures. Each is
//
//   0  type
//   1  length of the formatted part, at least 4
//   2  handle, 16 bits
//   4  fields, up to the length
//   then the structure's strings, each ended by a zero byte, and one more zero byte; without
//   strings two zero bytes
#include "runtime/base/smbios.h"

#include <cstddef>
#include <cstdint>

namespace linuxkit {
namespace {

constexpr uint8_t kOemStrings = 11;
constexpr uint8_t kEndOfTable = 127;
constexpr size_t kHeader = 4;

}  // namespace

std::vector<std::string> OemStrings(std::string_view table) {
  std::vector<std::string> found;
  while (table.size() >= kHeader) {
    const auto type = static_cast<uint8_t>(table[0]);
    const auto length = static_cast<uint8_t>(table[1]);
    if (type == kEndOfTable || length < kHeader || length > table.size()) break;
    table.remove_prefix(length);
    const size_t end = table.find(std::string_view("\0\0", 2));
    if (end == table.npos) break;
    // Without strings, `end` is 0 and the loop does not run.
    for (std::string_view texts = table.substr(0, end + 1); type == kOemStrings && end > 0;) {
      const size_t size = texts.find('\0');
      if (size == texts.npos) break;
      found.emplace_back(texts.substr(0, size));
      texts.remove_prefix(size + 1);
    }
    table.remove_prefix(end + 2);
  }
  return found;
}

}  // namespace linuxkit
