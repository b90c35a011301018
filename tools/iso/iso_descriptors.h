// The volume descriptors that every ISO image has.
#ifndef TOOLS_ISO_ISO_DESCRIPTORS_H_
#define TOOLS_ISO_ISO_DESCRIPTORS_H_

#include <cstdint>
#include <string>

#include "tools/iso/iso_format.h"
#include "tools/iso/iso_image.h"
#include "tools/iso/iso_tree.h"

namespace linuxkit {

// In blocks.
struct IsoPlaces {
  uint32_t blocks = 0;  // of the whole image
  uint32_t path_table = 0;
  uint32_t big_path_table = 0;
};

// `primary` must have been encoded. Of the options those that name things and the time count.
IsoVolumeDescriptor MakePrimaryDescriptor(const IsoOptions& options, const IsoTree& primary,
                                          const IsoPlaces& places);

// One block.
std::string EncodeDescriptorSetEnd();

}  // namespace linuxkit

#endif  // TOOLS_ISO_ISO_DESCRIPTORS_H_
