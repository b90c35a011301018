// Where a tree of files is written to, entry by entry: a segment, or something in front of it that
// looks on or renames.
#ifndef TOOLS_SEGMENT_ENTRY_SINK_H_
#define TOOLS_SEGMENT_ENTRY_SINK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// 2017-04-18 16:30:00 UTC: the time LinuxKit gives to everything that does not come out of an
// image.
inline constexpr int64_t kFixedTime = 1492533000;

struct Attributes {
  uint32_t mode = 0644;  // the 12 permission bits
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t mtime = kFixedTime;
  // Of a directory that is there only because something lies below it. Where another segment of a
  // system has that directory, its attributes stay.
  bool made_up = false;

  friend bool operator==(const Attributes&, const Attributes&) = default;
};

inline constexpr Attributes kMadeUpDirectory = {.mode = 0755, .made_up = true};

// Paths are relative and clean: no "." or ".." component and no trailing slash; "." alone is the
// root. At most 4095 bytes. A path may come again: a directory again merges, anything else again
// replaces.
class EntrySink {
 public:
  virtual ~EntrySink() = default;

  virtual absl::Status AddDirectory(std::string_view path, const Attributes& attributes) = 0;
  virtual absl::Status AddSymlink(std::string_view path, std::string_view target,
                                  const Attributes& attributes) = 0;
  // `type` is CHARACTER_DEVICE, BLOCK_DEVICE or FIFO.
  virtual absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                               uint32_t minor, const Attributes& attributes) = 0;
  // A regular file under one or more names (hard links). Exactly `size` bytes are read from
  // `content`; an end before that is an error that names the file.
  virtual absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                               uint64_t size, ByteSource& content) = 0;
  absl::Status AddFile(std::string_view name, const Attributes& attributes,
                       std::string_view content) {
    StringSource source(content);
    return AddFile({std::string(name)}, attributes, content.size(), source);
  }
  // A sentence that the user gets to see once.
  virtual void AddNote(std::string note) = 0;
  // Forgets everything added, to start again with better knowledge.
  virtual absl::Status Restart() = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_ENTRY_SINK_H_
