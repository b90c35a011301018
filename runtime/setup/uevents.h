// What the kernel tells about devices that come while the system runs.
#ifndef RUNTIME_SETUP_UEVENTS_H_
#define RUNTIME_SETUP_UEVENTS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

// ACTION, SUBSYSTEM, MODALIAS, DEVPATH...
using Uevent = std::map<std::string, std::string, std::less<>>;

// The message is `add@/devices/...` and then KEY=VALUE texts, each ended by a zero byte.
Uevent ParseUevent(std::string_view message);

// Calls `on_uevent` from the loop for every event from now on that the kernel itself sends.
// Processes with CAP_NET_ADMIN can send to the same group; those messages are ignored.
absl::Status WatchUevents(EventLoop& loop, std::function<void(const Uevent&)> on_uevent);

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_UEVENTS_H_
