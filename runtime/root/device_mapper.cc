#include "runtime/root/device_mapper.h"

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// One request: the header, and for a table one target with its parameters.
struct Request {
  dm_ioctl header;
  dm_target_spec target;
  std::array<char, 1024> parameters;
};

template <size_t kSize>
void CopyText(std::string_view text, char (&field)[kSize]) {
  field[text.copy(field, kSize - 1)] = '\0';
}

Request NewRequest(const std::string& name) {
  Request request{};
  // The ioctls are as they are since 4.0; the kernel refuses another major version only.
  request.header.version[0] = 4;
  request.header.data_size = sizeof(request);
  request.header.data_start = offsetof(Request, target);
  CopyText(name, request.header.name);
  return request;
}

absl::Status Call(const Fd& control, unsigned long command, std::string_view what,
                  Request& request) {
  if (ioctl(control.get(), command, &request) == 0) return absl::OkStatus();
  return SystemError(errno, absl::StrCat(what, " device-mapper device ", request.header.name));
}

absl::Status LoadTable(const Fd& control, const std::string& name, const std::string& target,
                       uint64_t sectors, const std::string& parameters) {
  Request request = NewRequest(name);
  if (parameters.size() >= request.parameters.size()) {
    return absl::InvalidArgumentError(absl::StrCat("a device-mapper table of ", parameters.size(),
                                                   " bytes; expected fewer than ",
                                                   request.parameters.size()));
  }
  request.header.flags = DM_READONLY_FLAG;
  request.header.target_count = 1;
  request.target.length = sectors;
  CopyText(target, request.target.target_type);
  parameters.copy(request.parameters.data(), parameters.size());
  return Call(control, DM_TABLE_LOAD, "load the table of", request);
}

}  // namespace

absl::StatusOr<std::string> MakeMappedDevice(const std::string& name, const std::string& target,
                                             uint64_t sectors, const std::string& parameters) {
  constexpr char kControl[] = "/dev/mapper/control";
  const Fd control(open(kControl, O_RDWR | O_CLOEXEC));
  if (!control.ok()) return SystemError(errno, kControl);
  Request created = NewRequest(name);
  ABSL_RETURN_IF_ERROR(Call(control, DM_DEV_CREATE, "create", created));
  ABSL_RETURN_IF_ERROR(LoadTable(control, name, target, sectors, parameters));
  // Without DM_SUSPEND_FLAG this resumes: the table takes effect.
  Request resumed = NewRequest(name);
  ABSL_RETURN_IF_ERROR(Call(control, DM_DEV_SUSPEND, "start", resumed));
  return absl::StrCat("/dev/dm-", minor(static_cast<dev_t>(created.header.dev)));
}

}  // namespace linuxkit
