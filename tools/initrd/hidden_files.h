// Files of a system that its init hides.
#ifndef TOOLS_INITRD_HIDDEN_FILES_H_
#define TOOLS_INITRD_HIDDEN_FILES_H_

#include <string>

#include "absl/types/span.h"
#include "tools/initrd/segment_files.h"
#include "tools/initrd/tree.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// LinuxKit's init mounts a tmpfs over /run, /tmp and /var. A sentence about what the files section
// of the system has there and nobody will see; empty if there is nothing, or with another init:
// ours keeps it. `indexes` are those of `segments`, in this order, and make up `tree`.
std::string HiddenFilesNote(absl::Span<const SegmentFiles> segments,
                            absl::Span<const SegmentIndex> indexes, const Tree& tree);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_HIDDEN_FILES_H_
