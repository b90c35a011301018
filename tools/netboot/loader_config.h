// What boot loaders other than iPXE read to load a system from the network: GRUB's grub.cfg and
// PXELINUX's pxelinux.cfg/default. Both name kernel and initrd relative to where they lie
// themselves.
#ifndef TOOLS_NETBOOT_LOADER_CONFIG_H_
#define TOOLS_NETBOOT_LOADER_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/netboot/ipxe_script.h"

namespace linuxkit {

// GRUB passes on words, and quotes a word that has a space as a whole. So a double quote moves to the
// word's ends or goes, which means the same to the kernel. A single quote and a backslash arrive as
// they are by GRUB 2.14 and newer; older ones put a backslash in front.
absl::StatusOr<std::string> GrubNetbootConfig(const NetbootSystem& system);

// Byte for byte.
absl::StatusOr<std::string> PxelinuxConfig(const NetbootSystem& system);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_LOADER_CONFIG_H_
