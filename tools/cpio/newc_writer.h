// Writes a newc cpio archive, entry by entry, as a stream.
//
//   NewcWriter cpio(sink);
//   ABSL_RETURN_IF_ERROR(cpio.Add({.name = "etc", .mode = S_IFDIR | 0755}));
//   ABSL_RETURN_IF_ERROR(cpio.Begin({.name = "etc/motd", .mode = S_IFREG | 0644, .size = 6}));
//   ABSL_RETURN_IF_ERROR(cpio.Data("hello\n"));
//   ABSL_RETURN_IF_ERROR(cpio.Trailer());
//
// Entries are numbered from 1, since the kernel ties hard links together by number until it meets a
// trailer.
#ifndef TOOLS_CPIO_NEWC_WRITER_H_
#define TOOLS_CPIO_NEWC_WRITER_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

struct NewcEntry {
  std::string_view name;
  uint32_t mode = 0;  // type and permission bits
  uint32_t uid = 0;
  uint32_t gid = 0;
  // The format has 32 unsigned bits: 1970 to 2106. Times outside are moved to the nearer end.
  int64_t mtime = 0;
  uint64_t size = 0;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  // Hard links: the number of names, and the `ino` that Begin returned for the first of them, which
  // holds the data.
  uint32_t links = 1;
  uint32_t ino = 0;
};

class NewcWriter {
 public:
  // `sink` must outlive it.
  explicit NewcWriter(ByteSink& sink, uint32_t first_ino = 1) : sink_(sink), next_ino_(first_ino) {}

  // Writes header and name; exactly `entry.size` bytes of Data must follow. Returns the entry's
  // number.
  absl::StatusOr<uint32_t> Begin(const NewcEntry& entry);
  absl::Status Data(std::string_view bytes);
  // An entry and all of its data.
  absl::Status Add(const NewcEntry& entry, std::string_view data = {});
  // Ends the archive.
  absl::Status Trailer();

  // Bytes written so far.
  uint64_t size() const { return size_; }

 private:
  absl::Status WriteHeader(const NewcEntry& entry, uint32_t ino);
  absl::Status Write(std::string_view bytes);
  absl::Status Pad();

  ByteSink& sink_;
  uint64_t next_ino_;
  uint64_t size_ = 0;
  uint64_t data_left_ = 0;
};

// The seconds that newc stores for `mtime`.
uint32_t NewcTime(int64_t mtime);

}  // namespace linuxkit

#endif  // TOOLS_CPIO_NEWC_WRITER_H_
