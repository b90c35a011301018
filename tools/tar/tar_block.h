// The 512-byte blocks of a tar archive and the fields of those that are headers.
#ifndef TOOLS_TAR_TAR_BLOCK_H_
#define TOOLS_TAR_TAR_BLOCK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linuxkit {

struct TarBlock {
  static constexpr size_t kSize = 512;
  std::array<char, kSize> bytes = {};

  std::string_view Bytes(size_t offset, size_t size) const {
    return std::string_view(bytes.data(), bytes.size()).substr(offset, size);
  }
  // The text of a field up to its first NUL.
  std::string_view Text(size_t offset, size_t size) const;
  // A field of octal digits, or big-endian in GNU's extension; nothing if it is neither.
  std::optional<int64_t> Number(size_t offset, size_t size) const;

  bool IsZero() const;
  bool ChecksumMatches() const;
  // The entry's name, put together from the two fields it may lie in.
  std::string Name() const;
};

}  // namespace linuxkit

#endif  // TOOLS_TAR_TAR_BLOCK_H_
