#include "runtime/root/loop_device.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {

absl::StatusOr<std::string> AttachLoopDevice(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return SystemError(errno, path);
  constexpr char kControl[] = "/dev/loop-control";
  const Fd control(open(kControl, O_RDWR | O_CLOEXEC));
  if (!control.ok()) return SystemError(errno, kControl);
  const int number = ioctl(control.get(), LOOP_CTL_GET_FREE);
  if (number < 0) return SystemError(errno, "find a free loop device");
  const std::string node = absl::StrCat("/dev/loop", number);
  const Fd loop(open(node.c_str(), O_RDONLY | O_CLOEXEC));
  if (!loop.ok()) return SystemError(errno, node);
  loop_config config{};
  config.fd = static_cast<__u32>(file.get());
  config.info.lo_flags = LO_FLAGS_READ_ONLY;
  if (ioctl(loop.get(), LOOP_CONFIGURE, &config) != 0) {
    return SystemError(errno, absl::StrCat("attach ", path, " to ", node));
  }
  return node;
}

}  // namespace linuxkit
