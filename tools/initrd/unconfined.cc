#include "tools/initrd/unconfined.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {
namespace {

// Of a system with more services, how many follow is said.
constexpr size_t kMostNames = 10;

}  // namespace

std::string UnconfinedWarning(absl::Span<const SegmentIndex> segments) {
  std::vector<std::string_view> services;
  for (const SegmentIndex& segment : segments) {
    for (const Launch& launch : segment.launches()) {
      if (!launch.unconfined().empty()) services.push_back(launch.unconfined());
    }
  }
  if (services.empty()) return "";
  std::string more;
  if (services.size() > kMostNames) {
    more = absl::StrCat(" and ", services.size() - kMostNames, " more");
    services.resize(kMostNames);
  }
  return absl::StrCat("warning: services that run as user 0 and can write the kernel's settings: ",
                      absl::StrJoin(services, ", "), more,
                      "; write profile = \"hardened\" into the linuxkit_image, or profile = "
                      "\"linuxkit\" if they may (docs/security.md)");
}

}  // namespace linuxkit
