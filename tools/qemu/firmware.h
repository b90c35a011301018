// Firmware on this host. QEMU has SeaBIOS itself. UEFI firmware is a package of its own: those
// packages describe theirs in JSON files (docs/interop/firmware.json of QEMU), which we read first;
// well-known paths are the fallback.
#ifndef TOOLS_QEMU_FIRMWARE_H_
#define TOOLS_QEMU_FIRMWARE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

enum class FirmwareChoice {
  kSeaBios,         // or what the machine has without being asked, where that is not a PC
  kOvmf,            // UEFI (on Arm: AAVMF)
  kOvmfSecureBoot,  // UEFI with keys enrolled: boots what is signed for them
};
// `source` names the flag or key in the error. The texts are seabios, ovmf, ovmf-secureboot.
absl::StatusOr<FirmwareChoice> ParseFirmwareChoice(std::string_view source, std::string_view text);

// Where to look, first match wins.
struct FirmwarePlaces {
  std::vector<std::string> descriptor_dirs = {"/etc/qemu/firmware", "/usr/share/qemu/firmware",
                                              "/usr/local/share/qemu/firmware"};
  std::vector<Firmware> well_known;  // `vars` is the template to copy
  // Before the descriptors. Debian's has a key in it whose private half is public, so that a test
  // can sign with it; the keys in other templates are those of companies.
  std::vector<Firmware> secure_boot;
};
FirmwarePlaces DefaultFirmwarePlaces(Arch arch);

// The UEFI firmware for `arch`: without Secure Boot, or with it and keys enrolled. `vars` of the
// result is a template: a machine needs its own copy.
absl::StatusOr<Firmware> FindFirmware(Arch arch, bool secure_boot, const FirmwarePlaces& places);

// The file in `state_dir` that is a machine's copy of the template.
std::string PrivateVarsPath(const Firmware& firmware, std::string_view state_dir);

// Makes `firmware.vars` a private copy in `state_dir`, kept from run to run as a real machine keeps
// its variables.
absl::StatusOr<Firmware> WithPrivateVars(const Firmware& firmware, const std::string& state_dir);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_FIRMWARE_H_
