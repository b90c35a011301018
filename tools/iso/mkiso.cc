// Writes an ISO image.
//
//   mkiso --output=myimage.iso
//     --bios_program=isolinux.bin --bios_mbr=isohdpfx.bin
//     --file=/isolinux/ldlinux.c32=…/ldlinux.c32 --text=/isolinux/isolinux.cfg=…
//     --file=/boot/kernel=myimage-kernel --file=/boot/initrd.img=myimage-initrd.img
//     --efi_file=/EFI/BOOT/BOOTX64.EFI=…/systemd-bootx64.efi --efi_file=/kernel=myimage-kernel
//
// --file            PATH=FILE: a file of the ISO file system; repeatable. FILE begins after the
//                   first "=".
// --efi_file        PATH=FILE: a file of the EFI system partition; repeatable. With any, the image
//                   boots by UEFI. A FILE that is given to --file too is stored once.
// --text, --efi_text   PATH=TEXT: the same with the file's content; "\n" begins a new line
// --bios_program    boot program for CDs, such as isolinux.bin; with it, the image boots by BIOS
// --bios_mbr        boot record that starts it from a disk, such as isohdpfx.bin
// --bios_path       where the program is in the image; /isolinux/isolinux.bin by default
// --bios_loader     isolinux (the default) or grub
// --efi_fat         16 or 32: the type of the EFI system partition instead of the smallest
// --volume_id, --publisher, --preparer, --application   fields of the volume descriptor
// --time            of the volume and all files, in seconds since 1970; 0 by default
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/boot_config/bios_limits.h"
#include "tools/disk/extents.h"
#include "tools/disk/file_flags.h"
#include "tools/iso/iso_image.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::optional<BiosBoot>> ParseBios(Args& args) {
  const std::optional<std::string> program = args.Optional("bios_program");
  const std::optional<std::string> mbr = args.Optional("bios_mbr");
  const std::string path = args.OptionalOr("bios_path", "/isolinux/isolinux.bin");
  const std::string loader = args.OptionalOr("bios_loader", "isolinux");
  if (program.has_value() != mbr.has_value()) {
    return absl::InvalidArgumentError("--bios_program and --bios_mbr need each other");
  }
  if (loader != "isolinux" && loader != "grub") {
    return absl::InvalidArgumentError(
        absl::StrCat("--bios_loader=", loader, ": expected isolinux or grub"));
  }
  if (!program) return std::nullopt;
  return BiosBoot{.loader = loader == "grub" ? BiosLoader::kGrub : BiosLoader::kIsolinux,
                  .program = *program,
                  .program_path = path,
                  .mbr = *mbr};
}

absl::StatusOr<std::optional<FatType>> ParseFat(Args& args) {
  const std::optional<std::string> bits = args.Optional("efi_fat");
  if (!bits) return std::nullopt;
  if (*bits == "16") return FatType::kFat16;
  if (*bits == "32") return FatType::kFat32;
  return absl::InvalidArgumentError(absl::StrCat("--efi_fat=", *bits, ": expected 16 or 32"));
}

absl::Status Run(Args& args) {
  const std::string output = args.Required("output");
  IsoOptions options;
  options.volume_id = args.OptionalOr("volume_id", options.volume_id);
  options.publisher = args.OptionalOr("publisher", options.publisher);
  options.preparer = args.OptionalOr("preparer", options.preparer);
  options.application = args.OptionalOr("application", options.application);
  options.time = args.IntOr("time", options.time);
  ABSL_ASSIGN_OR_RETURN(options.bios, ParseBios(args));
  ABSL_ASSIGN_OR_RETURN(options.efi_fat_type, ParseFat(args));
  ABSL_ASSIGN_OR_RETURN(options.files, ParseFileFlags(args, ""));
  ABSL_ASSIGN_OR_RETURN(options.efi_files, ParseFileFlags(args, "efi_"));
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (options.bios) {
    ABSL_RETURN_IF_ERROR(CheckBiosInitrd(options.files));
  }
  ABSL_ASSIGN_OR_RETURN(const Extents iso, MakeIsoImage(std::move(options)));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(output));
  ABSL_RETURN_IF_ERROR(WriteExtents(iso, *file));
  return file->Commit();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::RunMain(argc, argv, "mkiso", linuxkit::Run); }
