// Which file system a device holds, by its first bytes.
#ifndef RUNTIME_ROOT_FILE_SYSTEM_TYPE_H_
#define RUNTIME_ROOT_FILE_SYSTEM_TYPE_H_

#include <cstddef>
#include <string_view>

namespace linuxkit {

// As many bytes of the device as the magic numbers take.
inline constexpr size_t kFileSystemStart = 34 * 1024;

// The kernel's name: squashfs, erofs, ext4, iso9660 or vfat; empty if it is none of these. `start`
// may be shorter than kFileSystemStart.
std::string_view FileSystemType(std::string_view start);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_FILE_SYSTEM_TYPE_H_
