// Where the servers tell what they are asked for.
#ifndef TOOLS_NETBOOT_SERVE_REQUEST_LOG_H_
#define TOOLS_NETBOOT_SERVE_REQUEST_LOG_H_

#include <functional>
#include <string_view>

namespace linuxkit {

// Takes one line about each request.
using RequestLog = std::function<void(std::string_view line)>;

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_REQUEST_LOG_H_
