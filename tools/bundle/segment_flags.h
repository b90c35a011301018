// The flags of every binary that writes a segment: --owner, --compression, --level, --output,
// --index.
#ifndef TOOLS_BUNDLE_SEGMENT_FLAGS_H_
#define TOOLS_BUNDLE_SEGMENT_FLAGS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "tools/base/args.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {

struct SegmentFlags {
  explicit SegmentFlags(Args& args);

  // Writes the segment and its index with what `add` adds.
  absl::Status Write(const std::function<absl::Status(SegmentWriter&)>& add) const;

  std::string owner;
  std::string compression;
  int64_t level;
  std::string output;
  std::string index;
};

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_SEGMENT_FLAGS_H_
