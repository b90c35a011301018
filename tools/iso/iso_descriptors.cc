#include "tools/iso/iso_descriptors.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "tools/iso/iso_dates.h"

namespace linuxkit {

IsoVolumeDescriptor MakePrimaryDescriptor(const IsoOptions& options, const IsoTree& primary,
                                          const IsoPlaces& places) {
  return {.system_id = TextField<32>("LINUX"),
          .volume_id = TextField<32>(options.volume_id),
          .blocks = places.blocks,
          .path_table_size = primary.path_table_size(),
          .path_table = places.path_table,
          .big_path_table = places.big_path_table,
          .root = primary.RootRecord(),
          .set_id = TextField<128>(""),
          .publisher = TextField<128>(options.publisher),
          .preparer = TextField<128>(options.preparer),
          .application = TextField<128>(options.application),
          .copyright_file = TextField<37>(""),
          .abstract_file = TextField<37>(""),
          .bibliographic_file = TextField<37>(""),
          .created = VolumeDate(options.time),
          .modified = VolumeDate(options.time),
          .expires = NoVolumeDate(),
          .effective = NoVolumeDate()};
}

std::string EncodeDescriptorSetEnd() {
  std::string bytes(1, static_cast<char>(kDescriptorSetEnd));
  absl::StrAppend(&bytes, std::string_view(kIsoMagic.data(), kIsoMagic.size()), "\x01");
  bytes.resize(kIsoBlock);
  return bytes;
}

}  // namespace linuxkit
