#include "runtime/setup/uevents.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "absl/strings/str_split.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// The multicast group of the kernel itself (udev would send to group 2).
constexpr unsigned kKernelGroup = 1;

// The next message if the kernel sent it, else nothing.
std::string_view ReceiveFromKernel(int fd, std::span<char> buffer) {
  sockaddr_nl sender{};
  socklen_t length = sizeof(sender);
  const ssize_t size =
      recvfrom(fd, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&sender), &length);
  // A process has a number of its own here, which it cannot choose to be 0.
  const bool of_kernel = length == sizeof(sender) && sender.nl_pid == 0;
  if (size <= 0 || !of_kernel) return "";
  return {buffer.data(), static_cast<size_t>(size)};
}

}  // namespace

Uevent ParseUevent(std::string_view message) {
  Uevent event;
  for (const std::string_view text : absl::StrSplit(message, '\0', absl::SkipEmpty())) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    event.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return event;
}

absl::Status WatchUevents(EventLoop& loop, std::function<void(const Uevent&)> on_uevent) {
  const auto socket_fd = std::make_shared<Fd>(
      socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!socket_fd->ok()) return SystemError(errno, "open uevents");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (bind(socket_fd->get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return SystemError(errno, "listen to uevents");
  }
  loop.Watch(socket_fd->get(), EPOLLIN, [socket_fd, on_uevent = std::move(on_uevent)](uint32_t) {
    std::array<char, 8192> buffer;
    const std::string_view message = ReceiveFromKernel(socket_fd->get(), buffer);
    if (!message.empty()) on_uevent(ParseUevent(message));
  });
  return absl::OkStatus();
}

}  // namespace linuxkit
