// The small settings of a system: limits, clock, host name, resolv.conf.
#ifndef RUNTIME_SETUP_IDENTITY_H_
#define RUNTIME_SETUP_IDENTITY_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace linuxkit {

// RLIMIT_NOFILE 1048576 and RLIMIT_NPROC unlimited, inherited by everything; in a container as much
// as it may have.
absl::Status RaiseLimits();

// Sets the system time from the hardware clock (which runs in UTC). Nothing if there is no
// /dev/rtc0.
absl::Status SetClockFromHardware();

// Sets the host name to the content of /etc/hostname; if that leaves none, to `linuxkit-` and the
// hardware address of eth0.
absl::Status SetHostName();
// The name that `hostname_file` and the address file of eth0 (contents, empty if missing) give a
// host that is called `current` now.
std::string ChooseHostName(std::string_view hostname_file, std::string_view current,
                           std::string_view address);

// If ROOT/etc/resolv.conf is a link, creates the file that it points to, empty, with its
// directories.
absl::Status CreateResolvConfTarget(const std::string& root);

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_IDENTITY_H_
