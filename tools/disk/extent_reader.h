// Reads a disk image that exists only as a list of pieces, in blocks of any size: for image formats
// that store blocks (qcow2, VHD…) or compress them. Memory does not grow with the image.
#ifndef TOOLS_DISK_EXTENT_READER_H_
#define TOOLS_DISK_EXTENT_READER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"

namespace linuxkit {

class ExtentReader {
 public:
  // `extents` must outlive it.
  explicit ExtentReader(const Extents& extents) : extents_(extents) {}

  // True if no piece has a byte in [offset, offset + size): it reads as zeros.
  bool IsHole(uint64_t offset, uint64_t size) const;

  // Fills `buffer` with the image's bytes from `offset` on; zeros in holes and behind the end.
  absl::Status Read(uint64_t offset, absl::Span<char> buffer);

 private:
  absl::Status ReadPiece(const Content& content, uint64_t offset, absl::Span<char> buffer);

  const Extents& extents_;
  // The file that was read last; images are read in order.
  std::optional<InputFile> file_;
};

}  // namespace linuxkit

#endif  // TOOLS_DISK_EXTENT_READER_H_
