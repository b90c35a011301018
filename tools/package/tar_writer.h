// Writes tar archives (POSIX pax) whose bytes depend on the entries only: no user names, no times
// of the run, no padding of the archive to a device's record size.
//
//   TarWriter writer(sink);
//   ABSL_RETURN_IF_ERROR(writer.Add({.path = "etc/motd", .mode = 0644, .size = 6}, content));
//   ABSL_RETURN_IF_ERROR(writer.Finish());
#ifndef TOOLS_PACKAGE_TAR_WRITER_H_
#define TOOLS_PACKAGE_TAR_WRITER_H_

#include "absl/status/status.h"
#include "tools/base/stream.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {

class TarWriter {
 public:
  // `sink` must outlive the writer.
  explicit TarWriter(ByteSink& sink) : sink_(sink) {}

  // Exactly `entry.size` bytes are read from `content`; it is not touched for entries other than
  // files.
  absl::Status Add(const TarEntry& entry, ByteSource& content);
  // The header alone, for a file whose content the caller appends to the sink, padded to 512 bytes.
  absl::Status AddHeader(const TarEntry& entry);
  // Writes the end marker.
  absl::Status Finish();

 private:
  absl::Status AddRecords(const TarEntry& entry);
  absl::Status AddContent(const TarEntry& entry, ByteSource& content);
  absl::Status Pad(uint64_t size);

  ByteSink& sink_;
};

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_TAR_WRITER_H_
