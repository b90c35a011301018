// Each init image brings its own database of packages; together they make one (LinuxKit format,
// section 2.4).
#ifndef TOOLS_INITRD_APK_DATABASES_H_
#define TOOLS_INITRD_APK_DATABASES_H_

#include <string>

#include "absl/status/status.h"
#include "tools/base/stream.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

class ApkDatabases {
 public:
  // Reads the database of the next image; the file is empty if that has none.
  absl::Status Add(const std::string& path);
  // A single one is where it belongs already.
  bool NeedMerging() const { return count_ > 1; }
  const std::string& merged() const { return merged_; }
  // Writes a plain segment that has the merged database as its only entry.
  absl::Status Write(ByteSink& sink) const;
  // The index of that segment.
  SegmentIndex Index() const;

 private:
  int count_ = 0;
  std::string merged_;
};

}  // namespace linuxkit

#endif  // TOOLS_INITRD_APK_DATABASES_H_
