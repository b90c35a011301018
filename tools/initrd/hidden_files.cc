#include "tools/initrd/hidden_files.h"

#include <cstddef>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Part of LinuxKit's init, which runs it to set the system up, and of no other.
constexpr std::string_view kScript = "bin/rc.init";

bool IsHidden(std::string_view path) {
  return absl::StartsWith(path, "run/") || absl::StartsWith(path, "tmp/") ||
         absl::StartsWith(path, "var/");
}

}  // namespace

std::string HiddenFilesNote(absl::Span<const SegmentFiles> segments,
                            absl::Span<const SegmentIndex> indexes, const Tree& tree) {
  if (tree.Find(kScript) == nullptr) return "";
  for (size_t i = 0; i < indexes.size(); ++i) {
    // Images for init bring such directories along without a purpose.
    if (!segments[i].apk_database.empty()) continue;
    for (const SegmentEntry& entry : indexes[i].entries()) {
      if (!IsHidden(entry.path()) || entry.made_up()) continue;
      return absl::StrCat(indexes[i].owner(), ": ", absl::Utf8SafeCEscape(entry.path()),
                          " will not be seen: LinuxKit's init mounts a tmpfs over /run, /tmp and "
                          "/var. Make it with runtime.mkdir of a container, put it elsewhere and "
                          "bind it, or use the init of rules_linuxkit, which keeps it");
    }
  }
  return "";
}

}  // namespace linuxkit
