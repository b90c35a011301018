// Whether bytes are UTF-8: what protobuf strings and JSON must hold.
#ifndef TOOLS_SPEC_UTF8_H_
#define TOOLS_SPEC_UTF8_H_

#include <cstddef>
#include <string_view>

namespace linuxkit {

// Shortest forms only, no surrogates, nothing above U+10FFFF (RFC 3629).
bool IsValidUtf8(std::string_view text);

// How many bytes at the beginning are.
size_t ValidUtf8Prefix(std::string_view text);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_UTF8_H_
