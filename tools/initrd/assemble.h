// Concatenates segments to an initrd.
//
//   [microcode] [root directory] { [parents] [broken links] segment [restored directories] }...
//
// Everything is copied as it is stored (copy_file_range); only a segment with entries to drop is
// unpacked and packed again.
#ifndef TOOLS_INITRD_ASSEMBLE_H_
#define TOOLS_INITRD_ASSEMBLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/initrd/plan.h"
#include "tools/initrd/segment_files.h"

namespace linuxkit {

// Writes the initrd to `output`. `ucode` is the path of an early microcode archive, or empty.
// `plan` belongs to `segments`.
absl::Status AssembleInitrd(const std::string& ucode, absl::Span<const SegmentFiles> segments,
                            const InitrdPlan& plan, OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_ASSEMBLE_H_
