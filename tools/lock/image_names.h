// Names of the targets @linuxkit//image:NAME.
#ifndef TOOLS_LOCK_IMAGE_NAMES_H_
#define TOOLS_LOCK_IMAGE_NAMES_H_

#include <vector>

#include "tools/lock/lock_file.h"

namespace linuxkit {

// Names the images that have no name; those that have one keep it, because BUILD files use it. A
// name is the first that is free of
//
//   linuxkit_init                the reference without docker.io, library, tag and digest
//   linuxkit_init_v1             and the tag
//   linuxkit_init_0123456789ab   and the beginning of the digest
//   linuxkit_init_0123456789ab_2 and so on
//
// Of two images with the same name the second is named anew.
void NameImages(std::vector<LockedImage>& images);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_IMAGE_NAMES_H_
