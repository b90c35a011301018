// UEFI firmware on this host. QEMU's packages describe theirs in JSON files
// (docs/interop/firmware.json of QEMU), which we read first; well-known paths are the fallback.
#ifndef TOOLS_QEMU_FIRMWARE_H_
#define TOOLS_QEMU_FIRMWARE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

// Where to look, first match wins.
struct FirmwarePlaces {
  std::vector<std::string> descriptor_dirs = {"/etc/qemu/firmware", "/usr/share/qemu/firmware",
                                              "/usr/local/share/qemu/firmware"};
  std::vector<Firmware> well_known;  // `vars` is the template to copy
};
FirmwarePlaces DefaultFirmwarePlaces(Arch arch);

// The UEFI firmware without Secure Boot keys for `arch`. `vars` of the result is a template: a
// machine needs its own copy.
absl::StatusOr<Firmware> FindFirmware(Arch arch, const FirmwarePlaces& places);

// Makes `firmware.vars` a private copy in `state_dir`, kept from run to run as a real machine keeps
// its variables.
absl::StatusOr<Firmware> WithPrivateVars(const Firmware& firmware, const std::string& state_dir);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FIRMWARE_H_
