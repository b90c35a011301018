// What boot loaders other than iPXE read to load a system from the network: GRUB's grub.cfg and
// PXELINUX's pxelinux.cfg/default. Both name kernel and initrd relative to where they lie
// themselves.
#ifndef TOOLS_NETBOOT_LOADER_CONFIG_H_
#define TOOLS_NETBOOT_LOADER_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/netboot/ipxe_script.h"

namespace linuxkit {

// A command line that GRUB cannot pass on gives a comment which says so: it is no reason for a
// system to have no network boot at all.
absl::StatusOr<std::string> GrubNetbootConfig(const NetbootSystem& system);

absl::StatusOr<std::string> PxelinuxConfig(const NetbootSystem& system);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_LOADER_CONFIG_H_
