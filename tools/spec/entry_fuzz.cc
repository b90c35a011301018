// No text may crash the parsers of YAML or take them long.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/fuzz/seeds.h"
#include "tools/spec/entry.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  return {
      "name: web\nimage: x@sha256:00\ncommand: [\"/web\", --port=80]\nbinds: [/etc:/etc:ro]\n",
      "name: a\nimage: b\ncapabilities:\n  - CAP_NET_ADMIN\nresources: {memory: {limit: 0x10}}\n",
      "- path: etc/hosts\n  contents: |\n    a\n    b\n  mode: \"0644\"\n- {path: dir, directory: "
      "true}\n",
      "x: &a [1, 2]\ny: *a\nz:\n  <<: {k: ~, l: !!str 5}\n",
      R"({"binds": ["/dev:/dev"], "readonly": true, "runtime": {"mkdir": ["/a"]}})",
      "name: data\nimage: x\nreadonly: true\n",
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const linuxkit::DocumentSource source = {.name = "fuzz", .positions = true};
  linuxkit::ParseContainer(text, linuxkit::Section::kServices, source).status().IgnoreError();
  linuxkit::ParseFileEntries(text, source).status().IgnoreError();
  linuxkit::ParseVolume(text, source).status().IgnoreError();
  linuxkit::ParseLabel(text).status().IgnoreError();
  return 0;
}
