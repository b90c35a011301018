// `kernel+iso`: the tree that boots on ISO 9660 with Rock Ridge, not bootable by itself (LinuxKit
// format, section 6.4).
//
// Blocks of 2048 bytes:
//
//   0..15   empty
//   16, 17  primary volume descriptor, end of the descriptors
//   then    the two path tables, the directories and what Rock Ridge has no room for there
//           files, in the order in which the segments have them
//
// There is no Joliet tree, whose names are shorter than Linux's; and directories may be deeper than
// eight levels, which Linux reads. Memory grows with the number of paths, not with files.
#ifndef TOOLS_ROOTFS_ROOT_ISO_H_
#define TOOLS_ROOTFS_ROOT_ISO_H_

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/rootfs/system_tree.h"

namespace linuxkit {

// Appends the image to `output`, which must be empty.
absl::Status WriteRootIso(const SystemTree& tree, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_ROOTFS_ROOT_ISO_H_
