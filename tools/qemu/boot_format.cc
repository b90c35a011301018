#include "tools/qemu/boot_format.h"

#include <filesystem>
#include <system_error>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/command_line.h"
#include "tools/qemu/esp_disk.h"
#include "tools/qemu/netboot_directory.h"

namespace linuxkit {
namespace {

using enum BootKind;
using enum Attach;
using enum FirmwareChoice;

// Disks without a firmware in their name are made for both.
constexpr BootFormat kFormats[] = {
    {"kernel+initrd", kDirect, "", kVirtio, kSeaBios},
    {"iso", kMedium, "raw", kCd, kSeaBios},
    {"iso-bios", kMedium, "raw", kCd, kSeaBios},
    {"iso-efi", kMedium, "raw", kCd, kOvmf},
    {"raw", kMedium, "raw", kVirtio, kSeaBios},
    {"raw-bios", kMedium, "raw", kVirtio, kSeaBios},
    {"raw-efi", kMedium, "raw", kVirtio, kOvmf},
    {"uki", kUki, "raw", kVirtio, kOvmf},
    {"qcow2", kMedium, "qcow2", kVirtio, kSeaBios},
    {"qcow2-bios", kMedium, "qcow2", kVirtio, kSeaBios},
    {"qcow2-efi", kMedium, "qcow2", kVirtio, kOvmf},
    {"vmdk", kMedium, "vmdk", kVirtio, kSeaBios},
    {"vhd", kMedium, "vpc", kVirtio, kSeaBios},
    {"dynamic-vhd", kMedium, "vpc", kVirtio, kSeaBios},
    {"vhdx", kMedium, "vhdx", kVirtio, kSeaBios},
    {"vdi", kMedium, "vdi", kVirtio, kSeaBios},
    {"squashfs", kRoot, "raw", kVirtio, kSeaBios},
    {"erofs", kRoot, "raw", kVirtio, kSeaBios},
    {"verity", kRoot, "raw", kVirtio, kSeaBios},
    {"kernel+iso", kRoot, "raw", kCd, kSeaBios},
    {"netboot", kNetwork, "", kVirtio, kSeaBios},
};

struct AttachName {
  std::string_view name;
  Attach attach;
  std::string_view device;  // what Linux calls the medium, which is the first disk of its kind
};

constexpr AttachName kAttachNames[] = {
    {"cd", kCd, "/dev/sr0"},   {"usb", kUsb, "/dev/sda"},       {"virtio", kVirtio, "/dev/vda"},
    {"ide", kIde, "/dev/sda"}, {"nvme", kNvme, "/dev/nvme0n1"}, {"scsi", kScsi, "/dev/sda"},
};

// What firmware loads from a network. UEFI takes nothing but a program: iPXE, which looks for
// autoexec.ipxe beside itself.
constexpr std::string_view kBiosBootfile = "boot.ipxe";
constexpr std::string_view kEfiBootfile = "ipxe.efi";

absl::StatusOr<std::string> OnlyFile(const BootSource& source) {
  if (source.files.size() == 1) return source.files[0];
  return absl::InvalidArgumentError(
      absl::StrCat("boot format ", source.format->name, ": found ", source.files.size(), " files (",
                   absl::StrJoin(source.files, ", "), "), expected one"));
}

void TakeKernelAway(Machine& machine) {
  machine.kernel.clear();
  machine.initrd.clear();
  machine.cmdline.clear();
}

std::string_view DeviceOf(Attach attach) {
  for (const AttachName& row : kAttachNames) {
    if (row.attach == attach) return row.device;
  }
  return "";
}

absl::Status DescribeRoot(const BootSource& source, Machine& machine) {
  ABSL_ASSIGN_OR_RETURN(const std::string file, OnlyFile(source));
  const Attach attach = source.attach.value_or(source.format->attach);
  machine.medium = Medium{.file = file, .format = "raw", .attach = attach};
  if (!KernelCommandLine(machine.cmdline).Values("root").empty()) return absl::OkStatus();
  machine.cmdline = AddKernelWords(machine.cmdline, absl::StrCat("root=", DeviceOf(attach)));
  return absl::OkStatus();
}

std::string Bootfile(const BootSource& source, const Machine& machine) {
  if (!source.bootfile.empty()) return source.bootfile;
  return std::string(machine.firmware.code.empty() ? kBiosBootfile : kEfiBootfile);
}

absl::Status DescribeNetwork(const BootSource& source, std::string_view state_dir,
                             Machine& machine) {
  if (!machine.networking.HasHostServices()) {
    return absl::InvalidArgumentError(
        "boot format netboot: needs --networking=user or restricted, whose DHCP server names what "
        "to boot");
  }
  machine.networking.boot = {.bootfile = Bootfile(source, machine),
                             .tftp_directory = absl::StrCat(state_dir, "/netboot")};
  return absl::OkStatus();
}

}  // namespace

absl::Span<const BootFormat> BootFormats() { return kFormats; }

std::string BootFormatNames() {
  return absl::StrJoin(kFormats, ", ", [](std::string* text, const BootFormat& format) {
    absl::StrAppend(text, format.name);
  });
}

absl::StatusOr<const BootFormat*> FindBootFormat(std::string_view source, std::string_view name) {
  for (const BootFormat& format : kFormats) {
    if (format.name == name) return &format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": found \"", name, "\", expected one of ", BootFormatNames()));
}

absl::StatusOr<Attach> ParseAttach(std::string_view source, std::string_view text) {
  for (const AttachName& row : kAttachNames) {
    if (row.name == text) return row.attach;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": found \"", text, "\", expected cd, usb, virtio, ide, nvme or scsi"));
}

absl::StatusOr<Board> ParseBoard(std::string_view source, std::string_view text) {
  if (text == "q35") return Board::kQ35;
  if (text == "pc") return Board::kPc;
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": found \"", text, "\", expected q35 or pc"));
}

FirmwareChoice BootSource::firmware_choice() const {
  return firmware.value_or(format == nullptr ? kSeaBios : format->firmware);
}

void TakeSystemFiles(BootSource& source, std::string& kernel, std::string& initrd,
                     std::string& cmdline_file) {
  if (source.kind() != kRoot) return;
  initrd.clear();
  std::erase_if(source.files, [&](const std::string& file) {
    std::string* const part = file.ends_with("-kernel")       ? &kernel
                              : file.ends_with("-initrd.img") ? &initrd
                              : file.ends_with("-cmdline")    ? &cmdline_file
                                                              : nullptr;
    if (part != nullptr) *part = file;
    return part != nullptr;
  });
}

absl::Status DescribeBoot(const BootSource& source, std::string_view state_dir, Machine& machine) {
  const BootKind kind = source.kind();
  if (kind == kDirect) return absl::OkStatus();
  if (kind == kRoot) return DescribeRoot(source, machine);
  TakeKernelAway(machine);
  if (kind == kNetwork) return DescribeNetwork(source, state_dir, machine);
  ABSL_ASSIGN_OR_RETURN(const std::string file, OnlyFile(source));
  machine.medium = Medium{.file = kind == kUki ? absl::StrCat(state_dir, "/esp.img") : file,
                          .format = std::string(source.format->disk_format),
                          .attach = source.attach.value_or(source.format->attach)};
  if (machine.medium->attach != kCd || machine.medium->format == "raw") return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("boot format ", source.format->name,
                                                 ": is a disk, and cannot be attached as cd"));
}

absl::Status MakeBootParts(const BootSource& source, const Machine& machine) {
  if (source.kind() == kUki) {
    return WriteEspDisk(source.files[0], machine.arch, machine.medium->file);
  }
  if (source.kind() != kNetwork) return absl::OkStatus();
  const NetworkBoot& boot = machine.networking.boot;
  return FillNetbootDirectory(source.files, boot.bootfile, boot.tftp_directory);
}

}  // namespace linuxkit
