// What boot programs read: which kernel and initrd to load, with which command line, at once and
// without a menu.
//
// A command line reaches the kernel byte for byte by ISOLINUX and systemd-boot. GRUB takes words:
// it keeps what they mean to the kernel, but quotes a word that has a blank as a whole.
#ifndef TOOLS_BOOT_CONFIG_BOOT_CONFIG_H_
#define TOOLS_BOOT_CONFIG_BOOT_CONFIG_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

struct BootEntry {
  std::string title = "LinuxKit";
  // Paths on the medium.
  std::string kernel = "/boot/kernel";
  std::string initrd = "/boot/initrd.img";
  std::string cmdline;
};

// An error names a command line of several lines.
absl::StatusOr<std::string> IsolinuxConfig(const BootEntry& entry);

// An entry of systemd-boot (Boot Loader Specification, type 1).
absl::StatusOr<std::string> LoaderEntry(const BootEntry& entry);

// grub.cfg. A backslash or a single quote cannot reach the kernel through GRUB and is an error.
absl::StatusOr<std::string> GrubConfig(const BootEntry& entry);

// The words of a command line as GRUB's script language spells them, a blank in front of each.
absl::StatusOr<std::string> GrubWords(std::string_view cmdline);

}  // namespace linuxkit

#endif  // TOOLS_BOOT_CONFIG_BOOT_CONFIG_H_
