// A file system image with its dm-verity hash tree behind it, for one partition or disk:
//
//   the image, zeros to a whole block | superblock | hash tree
//                                     ^ hash_offset
//
//   ABSL_ASSIGN_OR_RETURN(const VerityImage image, WriteVerityImage(*squashfs, *output));
//   veritysetup verify OUT OUT Hex(image.root_hash) --hash-offset=image.hash_offset
//
// The bytes depend on the image alone: the salt comes from its first block and its size, the UUID
// from the root hash. Memory is one block for each of at most eight levels.
#ifndef TOOLS_VERITY_VERITY_IMAGE_H_
#define TOOLS_VERITY_VERITY_IMAGE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"

namespace linuxkit {

struct VerityImage {
  Sha256Digest root_hash;
  // Where the superblock is, in bytes: the image's size rounded up to a block.
  uint64_t hash_offset = 0;
};

// Appends all of it to `output`, which must be empty. An image without bytes is an error.
absl::StatusOr<VerityImage> WriteVerityImage(const InputFile& image, OutputFile& output);

// The words of the kernel command line with which the system's small initrd finds the tree
// (runtime/root/root_options.h reads them).
std::string VerityCmdline(const VerityImage& image);

}  // namespace linuxkit

#endif  // TOOLS_VERITY_VERITY_IMAGE_H_
