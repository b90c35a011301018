// Whether bytes are all zero, at the speed of memcmp.
#ifndef TOOLS_DISK_ZEROS_H_
#define TOOLS_DISK_ZEROS_H_

#include <cstring>
#include <string_view>

namespace linuxkit {

// `bytes` must not be empty.
inline bool IsZero(std::string_view bytes) {
  return bytes.front() == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace linuxkit

#endif  // TOOLS_DISK_ZEROS_H_
