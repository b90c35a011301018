#include "tools/vmdisk/vhd_format.h"

#include <algorithm>

namespace linuxkit {
namespace {

constexpr uint64_t kMaxCylinders = 65535;
constexpr uint64_t kMaxHeads = 16;

VhdGeometry MakeGeometry(uint64_t sectors, uint64_t heads, uint64_t sectors_per_track) {
  return {.cylinders = static_cast<uint16_t>(sectors / sectors_per_track / heads),
          .heads = static_cast<uint8_t>(heads),
          .sectors = static_cast<uint8_t>(sectors_per_track)};
}

}  // namespace

VhdGeometry VhdGeometryOf(uint64_t disk_size) {
  const uint64_t sectors = std::min(disk_size / kVhdSector, kMaxCylinders * kMaxHeads * 255);
  if (sectors >= kMaxCylinders * kMaxHeads * 63) return MakeGeometry(sectors, kMaxHeads, 255);
  // What the BIOS interfaces of old could address with 17 and 31 sectors in a track.
  const uint64_t tracks = sectors / 17;
  const uint64_t heads = std::max<uint64_t>(4, DivideUp(tracks, 1024));
  if (heads <= kMaxHeads && tracks < heads * 1024) return MakeGeometry(sectors, heads, 17);
  if (sectors / 31 < kMaxHeads * 1024) return MakeGeometry(sectors, kMaxHeads, 31);
  return MakeGeometry(sectors, kMaxHeads, 63);
}

}  // namespace linuxkit
