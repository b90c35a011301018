// Writes FAT12, FAT16 and FAT32 file systems, such as EFI system partitions.
//
// Every file lies in one piece; directories come first, then files in the order of their paths. The
// bytes depend on the arguments alone. Names keep their case in long-name entries.
//
//   ABSL_ASSIGN_OR_RETURN(Content boot, Content::OfFile("systemd-bootx64.efi"));
//   ABSL_ASSIGN_OR_RETURN(FatImage esp, MakeFatImage({}, {{"EFI/BOOT/BOOTX64.EFI", boot}}));
//   ABSL_RETURN_IF_ERROR(disk.AddAll(1 << 20, esp.extents));
#ifndef TOOLS_FAT_FAT_IMAGE_H_
#define TOOLS_FAT_FAT_IMAGE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/disk/extents.h"
#include "tools/disk/file_tree.h"
#include "tools/fat/fat_geometry.h"

namespace linuxkit {

struct FatOptions {
  // At most 11 characters that a short name can have, in upper case.
  std::string label = "ESP";
  // Derived from the content if unset.
  std::optional<uint32_t> serial;
  // Of all files, in seconds since 1970. FAT's calendar begins in 1980 and ends in 2107; what is
  // outside is moved to its ends.
  int64_t time = 0;
  // In bytes; 0 means as small as the content allows.
  uint64_t size = 0;
  // Chosen by the size if unset.
  std::optional<FatType> type;
  // Sectors on the disk in front of the file system, which some boot programs want to know.
  uint32_t hidden_sectors = 0;
};

struct FatImage {
  Extents extents;
  FatGeometry geometry;
  // Where each file's data begins, in bytes, by its path without a slash in front. Empty files have
  // no place.
  std::map<std::string, uint64_t> offsets;
};

// Errors name the file, what was found and the limit: files of 4 GiB and more, names that FAT
// cannot hold, content that `size` has no room for.
absl::StatusOr<FatImage> MakeFatImage(const FatOptions& options, std::vector<ImageFile> files);

}  // namespace linuxkit

#endif  // TOOLS_FAT_FAT_IMAGE_H_
