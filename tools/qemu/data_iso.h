// The metadata disk of `--data` and `--data-file`: the smallest ISO 9660 image that holds one file
// named `config`, which LinuxKit's metadata package looks for on a CD-ROM. The bytes depend on the
// data alone.
#ifndef TOOLS_QEMU_DATA_ISO_H_
#define TOOLS_QEMU_DATA_ISO_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

absl::StatusOr<std::string> MakeDataIso(std::string_view data);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_DATA_ISO_H_
