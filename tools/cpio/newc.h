// The header of a newc cpio entry, the archive format that the Linux kernel unpacks into its first
// root file system.
//
// An entry is: header, name with a NUL, zeros to a multiple of 4, data, zeros to a multiple of 4.
// Reference: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel.
#ifndef TOOLS_CPIO_NEWC_H_
#define TOOLS_CPIO_NEWC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

inline constexpr std::string_view kNewcMagic = "070701";
inline constexpr size_t kNewcHeaderSize = 6 + 13 * 8;
inline constexpr size_t kNewcAlignment = 4;
inline constexpr std::string_view kNewcTrailer = "TRAILER!!!";
// The kernel skips entries with a longer name without a message (PATH_MAX, which counts the NUL).
inline constexpr size_t kNewcMaxName = 4095;
inline constexpr uint64_t kNewcMaxFileSize = 0xffffffff;

// In the order of the fields, each stored as 8 hex digits behind the magic.
struct NewcHeader {
  uint32_t ino = 0;
  uint32_t mode = 0;  // type and permission bits
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t nlink = 1;
  uint32_t mtime = 0;
  uint32_t file_size = 0;
  uint32_t dev_major = 0;
  uint32_t dev_minor = 0;
  uint32_t rdev_major = 0;
  uint32_t rdev_minor = 0;
  uint32_t name_size = 0;  // with the NUL
  uint32_t check = 0;

  friend bool operator==(const NewcHeader&, const NewcHeader&) = default;
};

// The twins: kNewcHeaderSize bytes.
std::string EncodeNewcHeader(const NewcHeader& header);
absl::StatusOr<NewcHeader> DecodeNewcHeader(std::string_view bytes);

// How many zeros bring `size` to a multiple of kNewcAlignment.
constexpr size_t NewcPadding(uint64_t size) {
  return static_cast<size_t>((kNewcAlignment - size % kNewcAlignment) % kNewcAlignment);
}

}  // namespace linuxkit

#endif  // TOOLS_CPIO_NEWC_H_
