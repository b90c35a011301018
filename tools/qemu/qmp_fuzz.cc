// Whatever QEMU's monitor says is QMP or an error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/qemu/qmp.h"

namespace linuxkit {
namespace {

// The bytes come in pieces of `piece` bytes.
void Converse(std::string_view bytes, size_t piece) {
  Qmp qmp;
  while (!bytes.empty()) {
    if (!qmp.Receive(bytes.substr(0, piece)).ok()) break;
    bytes.remove_prefix(std::min(piece, bytes.size()));
    qmp.AskHalts();
    qmp.outgoing().clear();
  }
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  return {
      "\x20{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n{\"return\": {}}\n"
      "{\"return\": {\"status\": \"running\", \"running\": true}}\n"
      "{\"event\": \"STOP\"}\n{\"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}}\n",
      "\x07{\"event\": \"BLOCK_IO_ERROR\", \"data\": {\"device\": \"d\", \"operation\": \"write\", "
      "\"reason\": \"full\"}}\n{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": "
      "\"guest-reset\"}}\n",
      "\x40{\"return\": [{\"stats\": [{\"name\": \"halt_exits\", \"value\": 3}]}]}\n",
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  linuxkit::Converse(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1),
                     size_t{data[0]} + 1);
  return 0;
}
