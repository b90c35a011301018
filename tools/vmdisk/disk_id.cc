#include "tools/vmdisk/disk_id.h"

#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"

namespace linuxkit {

Guid DeriveDiskId(const Extents& disk, std::string_view purpose) {
  return DeriveGuid(absl::StrCat(Hex(disk.Fingerprint()), " ", disk.size()), purpose);
}

}  // namespace linuxkit
