// Octal texts: modes of devices and files.
#ifndef TOOLS_SPEC_MODES_H_
#define TOOLS_SPEC_MODES_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// Octal digits without prefix, up to 7777. `what` is "file" or "device" for the message.
absl::StatusOr<uint32_t> ParseMode(std::string_view what, std::string_view text);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_MODES_H_
