// What a machine boots from, by the names of the output formats: how the file is attached, which
// firmware starts it, and what has to be made of it first.
//
//   ABSL_ASSIGN_OR_RETURN(const BootFormat* format, FindBootFormat("--boot", "iso"));
//   BootSource source = {.format = format, .files = {"myimage.iso"}, .attach = Attach::kUsb};
//   TakeSystemFiles(source, kernel, initrd, cmdline_file);            // pure
//   ABSL_RETURN_IF_ERROR(DescribeBoot(source, state_dir, machine));   // pure
//   ABSL_RETURN_IF_ERROR(MakeBootParts(source, machine));             // files in state_dir
#ifndef TOOLS_QEMU_BOOT_FORMAT_H_
#define TOOLS_QEMU_BOOT_FORMAT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/firmware.h"

namespace linuxkit {

enum class BootKind {
  kDirect,   // QEMU loads kernel and initrd
  kMedium,   // the firmware boots from the one file
  kUki,      // the firmware boots it from an EFI system partition that we make
  kRoot,     // QEMU loads the kernel, whose root file system is the one file
  kNetwork,  // the firmware loads boot.ipxe, UEFI by way of iPXE, or `bootfile`
};

struct BootFormat {
  std::string_view name;
  BootKind kind;
  std::string_view disk_format;  // QEMU's name
  Attach attach;
  FirmwareChoice firmware;  // the default
};

absl::Span<const BootFormat> BootFormats();
// "iso, iso-bios, ...", for messages and help.
std::string BootFormatNames();
// `source` names the flag or key in the error.
absl::StatusOr<const BootFormat*> FindBootFormat(std::string_view source, std::string_view name);

// cd, usb, virtio, ide (SATA on a q35), nvme, scsi.
absl::StatusOr<Attach> ParseAttach(std::string_view source, std::string_view text);
// q35, pc.
absl::StatusOr<Board> ParseBoard(std::string_view source, std::string_view text);

struct BootSource {
  const BootFormat* format = nullptr;  // null: kDirect, or without a kernel the first disk
  std::vector<std::string> files;
  std::optional<Attach> attach;            // instead of the format's
  std::optional<FirmwareChoice> firmware;  // instead of the format's
  std::string bootfile;                    // kNetwork: what the firmware loads instead

  BootKind kind() const { return format == nullptr ? BootKind::kDirect : format->kind; }
  // QEMU itself loads a kernel, so that its command line can be added to.
  bool loads_kernel() const { return kind() == BootKind::kDirect || kind() == BootKind::kRoot; }
  FirmwareChoice firmware_choice() const;
};

// A root file system may come with the kernel, initrd and command line that boot it, files named as
// linuxkit_image names them: moves them out of the source, to where the system's own were. Those of
// other formats stay. The system's initrd has no use with a root file system.
void TakeSystemFiles(BootSource& source, std::string& kernel, std::string& initrd,
                     std::string& cmdline_file);

// Completes a machine that has the image's kernel, initrd and command line: with the medium, or
// without the kernel where the firmware finds it. Errors name the format and its files.
absl::Status DescribeBoot(const BootSource& source, std::string_view state_dir, Machine& machine);

// Makes what DescribeBoot named in the state directory.
absl::Status MakeBootParts(const BootSource& source, const Machine& machine);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_BOOT_FORMAT_H_
