// Entries of a tar written into a segment as they are.
//
// A segment wants all names of a file when it is written, a tar tells of hard links later: so a tar
// is read through for its links first.
#ifndef TOOLS_KERNEL_COPY_TAR_H_
#define TOOLS_KERNEL_COPY_TAR_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/stream.h"
#include "tools/kernel/tar_input.h"
#include "tools/segment/segment_writer.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {

// The hard links of a tar by the file they lead to; a link to a link leads to that one's file.
class HardLinks {
 public:
  void Add(const TarEntry& link);
  // The names of links to `path`, which are then done with.
  std::vector<std::string> Take(const std::string& path);
  // An error if a link is left, that is if its file never came.
  absl::Status CheckAllTaken(std::string_view tar) const;

 private:
  std::map<std::string, std::string> file_of_;
  std::map<std::string, std::vector<std::string>> links_;
};

Attributes AttributesOf(const TarEntry& entry);

// Writes one entry under `path`; a file also under the names of `links`. A hard link itself writes
// nothing.
absl::Status WriteEntry(const TarEntry& entry, const std::string& path,
                        const std::vector<std::string>& links, ByteSource& content,
                        SegmentWriter& writer);

// Writes all of a kernel image's tar. Modules go to `modules_prefix`, or stay where they are if it
// is empty. Directories have the tar's attributes only where the system has no other.
absl::Status CopyKernelTar(const TarInput& input, std::string_view modules_prefix,
                           SegmentWriter& writer);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_COPY_TAR_H_
