// The field Range of HTTP (RFC 9110, 14) for one range of a file.
#ifndef TOOLS_NETBOOT_SERVE_BYTE_RANGE_H_
#define TOOLS_NETBOOT_SERVE_BYTE_RANGE_H_

#include <cstdint>
#include <string_view>

namespace linuxkit {

struct ByteRange {
  enum class Kind {
    // To be ignored: not understood, or several ranges.
    kWhole,
    kPart,
    // Begins behind the end of the file.
    kUnsatisfiable,
  };
  Kind kind = Kind::kWhole;
  uint64_t offset = 0;
  uint64_t size = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// The part of a file of `file_size` bytes that "bytes=0-99", "bytes=100-" or "bytes=-100" means.
ByteRange ResolveByteRange(std::string_view field, uint64_t file_size);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_BYTE_RANGE_H_
