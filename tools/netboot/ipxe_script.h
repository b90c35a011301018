// The script by which iPXE loads a system from the network.
//
// Kernel and initrd are named relative to the script, which iPXE resolves against the script's own
// URL: one script does for every server, by HTTP and by TFTP.
//
//   #!ipxe
//   # myimage
//   ifopen
//   isset ${ip} || set base ${cwduri}
//   isset ${ip} || dhcp
//   imgfree
//   initrd ${base}initrd.img
//   kernel ${base}kernel initrd=initrd.img console=ttyS0
//   boot
//
// iPXE's language has no quotes. A command line reaches the kernel byte for byte all the same, but
// for a word with "${" and a "}" behind it, which iPXE always takes for one of its settings.
#ifndef TOOLS_NETBOOT_IPXE_SCRIPT_H_
#define TOOLS_NETBOOT_IPXE_SCRIPT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

// What a loader has to be told.
struct NetbootSystem {
  // Of the image, for people.
  std::string name;
  std::string cmdline;
  // Where the files are, relative to the script.
  std::string kernel = "kernel";
  std::string initrd = "initrd.img";
};

absl::StatusOr<std::string> IpxeScript(const NetbootSystem& system);

// What no loader can pass on: control characters, and a word "initrd=", which is the loader's own.
absl::Status CheckNetbootCmdline(std::string_view cmdline);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_IPXE_SCRIPT_H_
