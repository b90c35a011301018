// Any bytes are a Debian package or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"
#include "tools/package/deb.h"

namespace linuxkit {
namespace {

std::string Member(std::string_view name, std::string_view content) {
  const std::string header =
      absl::StrFormat("%-16s%-12d%-6d%-6d%-8s%-10d`\n", name, 0, 0, 0, "100644", content.size());
  return absl::StrCat(header, content, content.size() % 2 == 0 ? "" : "\n");
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  const std::string start =
      absl::StrCat("!<arch>\n", Member("debian-binary", "2.0\n"), Member("control.tar.xz", "odd"));
  return {start, start + Member("data.tar.xz", "data"), start + Member("data.tar.zst/", "data")};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  linuxkit::FindDebData(linuxkit::MemoryFile(bytes).path()).status().IgnoreError();
  return 0;
}
