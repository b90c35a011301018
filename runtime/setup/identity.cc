#include "runtime/setup/identity.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/rtc.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

absl::Status SetLimit(int resource, rlim_t value, std::string_view name) {
  const auto which = static_cast<__rlimit_resource_t>(resource);
  rlimit limit{value, value};
  if (setrlimit(which, &limit) == 0) return absl::OkStatus();
  // A container may not go beyond what it was given.
  if (errno == EPERM && getrlimit(which, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(which, &limit) == 0) return absl::OkStatus();
  }
  return SystemError(errno, absl::StrCat("set limit ", name));
}

}  // namespace

absl::Status RaiseLimits() {
  absl::Status status = SetLimit(RLIMIT_NOFILE, 1048576, "NOFILE");
  status.Update(SetLimit(RLIMIT_NPROC, RLIM_INFINITY, "NPROC"));
  return status;
}

absl::Status SetClockFromHardware() {
  const Fd fd(open("/dev/rtc0", O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return errno == ENOENT ? absl::OkStatus() : SystemError(errno, "/dev/rtc0");
  rtc_time hardware{};
  if (ioctl(fd.get(), RTC_RD_TIME, &hardware) != 0) return SystemError(errno, "read /dev/rtc0");
  tm utc{};
  utc.tm_sec = hardware.tm_sec;
  utc.tm_min = hardware.tm_min;
  utc.tm_hour = hardware.tm_hour;
  utc.tm_mday = hardware.tm_mday;
  utc.tm_mon = hardware.tm_mon;
  utc.tm_year = hardware.tm_year;
  const timeval now{.tv_sec = timegm(&utc), .tv_usec = 0};
  return settimeofday(&now, nullptr) == 0 ? absl::OkStatus() : SystemError(errno, "set clock");
}

std::string ChooseHostName(std::string_view hostname_file, std::string_view current,
                           std::string_view address) {
  const std::string_view name = absl::StripAsciiWhitespace(hostname_file);
  if (!name.empty()) return std::string(name);
  address = absl::StripAsciiWhitespace(address);
  if ((!current.empty() && current != "(none)") || address.empty()) return std::string(current);
  return absl::StrCat("linuxkit-", absl::StrReplaceAll(address, {{":", ""}}));
}

absl::Status SetHostName() {
  std::array<char, HOST_NAME_MAX + 1> current{};
  gethostname(current.data(), current.size() - 1);
  const std::string name = ChooseHostName(ReadFile("/etc/hostname").value_or(""), current.data(),
                                          ReadFile("/sys/class/net/eth0/address").value_or(""));
  if (name == current.data()) return absl::OkStatus();
  return sethostname(name.data(), name.size()) == 0
             ? absl::OkStatus()
             : SystemError(errno, absl::StrCat("set host name ", name));
}

absl::Status CreateResolvConfTarget(const std::string& root) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t size = readlink((root + "/etc/resolv.conf").c_str(), buffer.data(), buffer.size());
  if (size < 0) return absl::OkStatus();
  const std::string_view target(buffer.data(), static_cast<size_t>(size));
  return MakeEmptyFile(absl::StrCat(root, target.starts_with('/') ? "" : "/etc/", target));
}

}  // namespace linuxkit
