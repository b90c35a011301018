// Checks the structure of a FAT file system by rules of our own, stricter than drivers: firmware
// differs in what it forgives. Memory grows with the allocation table and the largest directory.
//
//   ABSL_ASSIGN_OR_RETURN(InputFile disk, InputFile::Open("disk.img"));
//   ABSL_RETURN_IF_ERROR(ValidateFat(ImageView(disk, esp_offset, esp_size)));
#ifndef TOOLS_FAT_VALIDATE_FAT_H_
#define TOOLS_FAT_VALIDATE_FAT_H_

#include "absl/status/status.h"
#include "tools/disk/image_view.h"

namespace linuxkit {

// The first rule that is broken, with numbers:
//  - the boot sector's fields are possible and the volume fits into the image
//  - the type that the boot sector claims is the one that the number of clusters gives
//  - the tables have room for all clusters, are equal and begin with the media byte
//  - every chain stays inside, no cluster is in two, none is in use without a file
//  - a file's chain has the length of its size
//  - "." and ".." point where they must; long names match their short name; short names are unique
//  - FAT32: the information sector counts right and the backup boot sector is equal
absl::Status ValidateFat(const ImageView& image);

}  // namespace linuxkit

#endif  // TOOLS_FAT_VALIDATE_FAT_H_
