// The logs of containers, for whoever wants to know why one failed.
#ifndef RUNTIME_INIT_LOGS_H_
#define RUNTIME_INIT_LOGS_H_

#include <string>
#include <string_view>

#include "runtime/channel/channel.h"
#include "runtime/container/launcher.h"

namespace linuxkit {

// What a message about the container says of its output (DescribeOutput).
std::string LastOutput(const Container& container);

// Sends everything that the container's logs hold. False if the host does not take it.
bool SendLogs(Channel& channel, std::string_view section, const Container& container);

}  // namespace linuxkit

#endif  // RUNTIME_INIT_LOGS_H_
