#include "tools/flatten/lost_xattrs.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {

void LostXattrs::Add(std::string_view path, const std::vector<std::string>& xattrs) {
  if (xattrs.empty()) return;
  lines_.push_back(absl::CHexEscape(absl::StrCat(path, " (", absl::StrJoin(xattrs, ", "), ")")));
}

std::string LostXattrs::Note() const {
  if (lines_.empty()) return "";
  constexpr size_t kShown = 3;
  std::vector<std::string> first = lines_;
  std::sort(first.begin(), first.end());
  first.resize(std::min(first.size(), kShown));
  return absl::StrCat("an initramfs holds no extended attributes; dropped those of ", lines_.size(),
                      lines_.size() == 1 ? " entry: " : " entries: ", absl::StrJoin(first, ", "),
                      lines_.size() > kShown ? ", ..." : "");
}

}  // namespace linuxkit
