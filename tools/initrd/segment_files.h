// The segments of a system as an action is given them: flags, files and indexes.
#ifndef TOOLS_INITRD_SEGMENT_FILES_H_
#define TOOLS_INITRD_SEGMENT_FILES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/args.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// `apk_database` may be empty: only init images have one.
struct SegmentFiles {
  std::string segment;
  std::string index;
  std::string apk_database;
};

// Takes --segment, --index and --apk_database, which are repeated together; the last may be empty.
absl::StatusOr<std::vector<SegmentFiles>> ParseSegmentFiles(Args& args);

// The indexes of all segments.
absl::StatusOr<std::vector<SegmentIndex>> ReadIndexes(absl::Span<const SegmentFiles> segments);

// Whether what init images have in common belongs behind segment `position`.
bool IsLastInit(absl::Span<const SegmentFiles> segments, size_t position);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_SEGMENT_FILES_H_
