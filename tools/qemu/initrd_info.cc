#include "tools/qemu/initrd_info.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/initrd/initrd.pb.h"

namespace linuxkit {

absl::StatusOr<int64_t> ReadUnpackedBytes(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, 1 << 20));
  InitrdInfo info;
  // A quarter of the range: the memory formula doubles it.
  constexpr uint64_t kLimit = std::numeric_limits<int64_t>::max() / 4;
  if (!info.ParseFromString(bytes) || info.unpacked_bytes() > kLimit) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not the facts about an initrd; expected an InitrdInfo"));
  }
  return static_cast<int64_t>(info.unpacked_bytes());
}

}  // namespace linuxkit
