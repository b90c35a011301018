// Command lines of the programs that make a file system image of a tar on their standard input,
// for images that depend on that tar and the options alone.
//
//   squashfs   mksquashfs of squashfs-tools 4.6 or newer
//   erofs      mkfs.erofs of erofs-utils 1.8 or newer
//
// Both compress with as many threads as there are processors; their number does not show in the
// image (foreign_image_test).
#ifndef TOOLS_ROOTFS_IMAGE_FORMAT_H_
#define TOOLS_ROOTFS_IMAGE_FORMAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/rootfs/system_tar.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

struct ImageOptions {
  std::string format;  // "squashfs" or "erofs"
  std::string program;
  // "gzip", "lz4", "xz" or "zstd", and for EROFS "none".
  std::string compression;
  // Of data blocks; 0 for the program's own. EROFS calls it the size of a physical cluster.
  int64_t block_size = 0;
  // 0 for as many as there are processors.
  int64_t threads = 0;
};

struct ImageContent {
  // Equal for equal trees: file systems with a UUID get one that is made of it.
  std::string identity;
  // mksquashfs takes those of the root from the command line only.
  Attributes root;
};

// How the tar on standard input must begin.
RootEntry RootEntryFor(const ImageOptions& options);

absl::StatusOr<std::vector<std::string>> ImageCommand(const ImageOptions& options,
                                                      const ImageContent& content,
                                                      const std::string& output);

}  // namespace linuxkit

#endif  // TOOLS_ROOTFS_IMAGE_FORMAT_H_
