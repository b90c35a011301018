// libFuzzer target: no text may crash the parsers or take long. BUILD.bazel says how to build it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/spec/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const linuxkit::DocumentSource source = {.name = "fuzz", .positions = true};
  linuxkit::ParseContainer(text, linuxkit::Section::kServices, source).status().IgnoreError();
  linuxkit::ParseFileEntries(text, source).status().IgnoreError();
  linuxkit::ParseVolume(text, source).status().IgnoreError();
  linuxkit::ParseLabel(text).status().IgnoreError();
  return 0;
}
