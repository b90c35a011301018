// Any bytes are a newc archive or an error; the entries of one are read to their end.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/stream.h"
#include "tools/cpio/newc_reader.h"
#include "tools/fuzz/seeds.h"

namespace linuxkit {
namespace {

std::string Member(std::string_view name, uint32_t mode, std::string_view data) {
  std::string member = EncodeNewcHeader({.mode = mode,
                                         .file_size = static_cast<uint32_t>(data.size()),
                                         .name_size = static_cast<uint32_t>(name.size() + 1)});
  absl::StrAppend(&member, name,
                  std::string(1 + NewcPadding(kNewcHeaderSize + name.size() + 1), 0));
  absl::StrAppend(&member, data, std::string(NewcPadding(data.size()), 0));
  return member;
}

// Reads every other entry's data, so that skipping has its turn.
absl::Status ReadAll(std::string_view bytes) {
  StringSource source(bytes);
  NewcReader cpio(source);
  for (bool read = true;; read = !read) {
    const auto member = cpio.Next();
    if (!member.ok() || !member->has_value()) return member.status();
    if (!read) continue;
    StringSink sink;
    if (const auto size = CopyAll(cpio, sink); !size.ok()) return size.status();
  }
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  const std::string trailer = Member(kNewcTrailer, 0, "");
  return {trailer, Member("etc", 040755, "") + Member("etc/hosts", 0100644, "localhost") + trailer,
          Member("lib", 0120777, "usr/lib") + trailer + std::string(512, '\0')};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  linuxkit::ReadAll(std::string_view(reinterpret_cast<const char*>(data), size)).IgnoreError();
  return 0;
}
