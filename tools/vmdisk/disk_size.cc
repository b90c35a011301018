#include "tools/vmdisk/disk_size.h"

#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::Status CheckDiskSize(std::string_view format, uint64_t size, uint64_t unit, uint64_t limit) {
  if (size != 0 && size % unit == 0 && size <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(format, " cannot hold a disk of ", size,
                                                 " bytes; expected a multiple of ", unit, " from ",
                                                 unit, " to ", limit, ". Change the disk's size."));
}

}  // namespace linuxkit
