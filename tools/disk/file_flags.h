// The files that go into an image, as an action's command line names them.
//
//   --file=/boot/kernel=myimage-kernel    PATH=FILE, a pair (tools/base/pair.h)
//   --text=/loader/loader.conf=timeout 0  PATH=TEXT: a small file; "\n" begins a new line
#ifndef TOOLS_DISK_FILE_FLAGS_H_
#define TOOLS_DISK_FILE_FLAGS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/disk/file_tree.h"

namespace linuxkit {

// Both flags, repeatable; `part` is in front of their names: "efi_" for --efi_file and --efi_text.
absl::StatusOr<std::vector<ImageFile>> ParseFileFlags(Args& args, std::string_view part);

}  // namespace linuxkit

#endif  // TOOLS_DISK_FILE_FLAGS_H_
