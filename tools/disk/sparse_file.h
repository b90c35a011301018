// Files that are zero in most places, such as an empty file system: what is zero becomes a hole of
// the image.
//
//   ABSL_ASSIGN_OR_RETURN(const Content state, Content::OfFile("state-ext4.img"));
//   ABSL_RETURN_IF_ERROR(AddWithoutZeros(1 << 20, state, disk));
#ifndef TOOLS_DISK_SPARSE_FILE_H_
#define TOOLS_DISK_SPARSE_FILE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/disk/content.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// Adds `content` at `offset` without its blocks of 64 KiB that are zero. A file is read, because
// its own holes are an accident: a copy from a cache has none, and must give the same image. They
// only save the reading. Takes one buffer of memory, and a piece for each run of blocks.
absl::Status AddWithoutZeros(uint64_t offset, const Content& content, Extents& extents);

}  // namespace linuxkit

#endif  // TOOLS_DISK_SPARSE_FILE_H_
