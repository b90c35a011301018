// Whether the containers of a system can be started, as far as the files of the system decide it.
//
// A command that is not in the image, a loader or an interpreter that is missing, a mount point
// that nobody can make: what runc would say at boot, the build says. Nothing is said of a place
// that a mount covers or that something may change before the start, so every error is one at boot.
#ifndef TOOLS_INITRD_LAUNCH_CHECK_H_
#define TOOLS_INITRD_LAUNCH_CHECK_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/initrd/tree.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// Checks every launch of `segments`, which make up `tree`. The error has a line for each problem.
absl::Status CheckLaunches(absl::Span<const SegmentIndex> segments, const Tree& tree);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_LAUNCH_CHECK_H_
