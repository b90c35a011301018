// A disk that is nothing but an EFI system partition with one program where firmware looks without
// being told: EFI/BOOT/BOOTX64.EFI and its like. It lets firmware boot a Unified Kernel Image as a
// file, with all the checks it has for files.
#ifndef TOOLS_QEMU_ESP_DISK_H_
#define TOOLS_QEMU_ESP_DISK_H_

#include <string>

#include "absl/status/status.h"
#include "tools/qemu/command_line.h"

namespace linuxkit {

// Writes the disk, a FAT file system from its first sector. Replaces what is there.
absl::Status WriteEspDisk(const std::string& efi_program, Arch arch, const std::string& disk);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_ESP_DISK_H_
