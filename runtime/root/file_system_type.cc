#include "runtime/root/file_system_type.h"

namespace linuxkit {
namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view type;
};

constexpr Magic kMagics[] = {
    {0, "hsqs"sv, "squashfs"},              // SQUASHFS_MAGIC
    {1024, "\xe2\xe1\xf5\xe0"sv, "erofs"},  // EROFS_SUPER_MAGIC_V1 in the superblock at 1024
    {1024 + 56, "\x53\xef"sv, "ext4"},      // EXT4_SUPER_MAGIC; the driver mounts ext2 and ext3 too
    {32768 + 1, "CD001"sv, "iso9660"},      // ECMA-119 8.1.2, in sector 16
    {54, "FAT1"sv, "vfat"},                 // file system type of FAT12 and FAT16
    {82, "FAT32"sv, "vfat"},
};

}  // namespace

std::string_view FileSystemType(std::string_view start) {
  for (const Magic& magic : kMagics) {
    if (start.size() >= magic.offset && start.substr(magic.offset).starts_with(magic.bytes)) {
      return magic.type;
    }
  }
  return "";
}

}  // namespace linuxkit
