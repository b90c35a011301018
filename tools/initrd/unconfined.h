// Services that can set up the kernel of their system.
#ifndef TOOLS_INITRD_UNCONFINED_H_
#define TOOLS_INITRD_UNCONFINED_H_

#include <string>

#include "absl/types/span.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// A warning that names those services of a system that can and for which nobody has chosen a
// profile, in the order of `segments`; empty if there is none.
std::string UnconfinedWarning(absl::Span<const SegmentIndex> segments);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_UNCONFINED_H_
