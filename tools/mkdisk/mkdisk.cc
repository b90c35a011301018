// Writes a disk that boots.
//
//   mkdisk --output=myimage-efi.img --file=/EFI/BOOT/BOOTX64.EFI=myimage.efi
//   mkdisk --output=myimage-bios.img --table=mbr --grub_boot=boot.img --grub_core=core.img
//     --file=/grub/grub.cfg=grub.cfg --file=/boot/kernel=… --file=/boot/initrd.img=…
//
// --table           gpt (the default) or mbr
// --grub_boot, --grub_core   GRUB's boot.img and core.img; with them the disk boots by BIOS
// --file            PATH=FILE: a file of the boot partition; repeatable. FILE begins after the
//                   first "="
// --text            PATH=TEXT: the same with the file's content; "\n" begins a new line
// --label           of the boot partition's file system
// --time            of all files, in seconds since 1970; 0 by default
// --boot_size       of the boot partition in MiB; by default what its files take, at least 64
// --data            NAME=MIB: a partition with an empty FAT; MIB may be 0, see disk_image.h
// --data_image      NAME=FILE: a partition that begins with FILE's bytes; both are repeatable
// --size            of the disk in MiB; by default as small as possible
// --size_unit       in MiB: what the disk's size is rounded up to; by default what the format needs
// --format          raw (the default) or another of disk_format.cc
// --name            of the machine, where the format describes one
// --threads         for compression; 1 by default
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/pair.h"
#include "tools/boot_config/bios_limits.h"
#include "tools/disk/extents.h"
#include "tools/disk/file_flags.h"
#include "tools/mkdisk/disk_format.h"
#include "tools/mkdisk/disk_image.h"

namespace linuxkit {
namespace {

constexpr uint64_t kMib = 1 << 20;

absl::StatusOr<PartitionTable> ParseTable(const std::string& name) {
  if (name == "gpt") return PartitionTable::kGpt;
  if (name == "mbr") return PartitionTable::kMbr;
  return absl::InvalidArgumentError(absl::StrCat("--table=", name, ": expected gpt or mbr"));
}

absl::StatusOr<std::optional<GrubBoot>> ParseGrub(Args& args) {
  const std::optional<std::string> boot = args.Optional("grub_boot");
  const std::optional<std::string> core = args.Optional("grub_core");
  if (boot.has_value() != core.has_value()) {
    return absl::InvalidArgumentError("--grub_boot and --grub_core need each other");
  }
  if (!boot) return std::nullopt;
  return GrubBoot{.boot = *boot, .core = *core};
}

absl::StatusOr<uint64_t> ParseMib(std::string_view flag, std::string_view text) {
  uint64_t mib = 0;
  if (absl::SimpleAtoi(text, &mib) && mib <= UINT64_MAX / kMib) return mib * kMib;
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", text, ": expected a number of MiB"));
}

absl::StatusOr<std::vector<DataPartition>> ParseData(Args& args) {
  std::vector<DataPartition> partitions;
  for (const std::string& word : args.All("data")) {
    ABSL_ASSIGN_OR_RETURN(const Pair pair, ParsePair("data", word, "NAME=SIZE"));
    ABSL_ASSIGN_OR_RETURN(const uint64_t size, ParseMib("data", pair.value));
    partitions.push_back({.name = pair.key, .size = size});
  }
  for (const std::string& word : args.All("data_image")) {
    ABSL_ASSIGN_OR_RETURN(const Pair pair, ParsePair("data_image", word, "NAME=FILE"));
    ABSL_ASSIGN_OR_RETURN(Content content, Content::OfFile(pair.value));
    partitions.push_back({.name = pair.key, .content = std::move(content)});
  }
  return partitions;
}

absl::StatusOr<DiskOptions> ParseOptions(const DiskFormat& format, Args& args) {
  DiskOptions options;
  ABSL_ASSIGN_OR_RETURN(options.table, ParseTable(args.OptionalOr("table", "gpt")));
  ABSL_ASSIGN_OR_RETURN(options.grub, ParseGrub(args));
  options.label = args.OptionalOr("label", options.label);
  options.time = args.IntOr("time", options.time);
  ABSL_ASSIGN_OR_RETURN(options.boot_size,
                        ParseMib("boot_size", args.OptionalOr("boot_size", "0")));
  ABSL_ASSIGN_OR_RETURN(options.size, ParseMib("size", args.OptionalOr("size", "0")));
  ABSL_ASSIGN_OR_RETURN(const uint64_t unit,
                        ParseMib("size_unit", args.OptionalOr("size_unit", "1")));
  options.size_unit = std::max(unit, format.size_unit);
  ABSL_ASSIGN_OR_RETURN(options.data, ParseData(args));
  ABSL_ASSIGN_OR_RETURN(options.files, ParseFileFlags(args, ""));
  return options;
}

absl::Status Run(Args& args) {
  const std::string output = args.Required("output");
  ABSL_ASSIGN_OR_RETURN(const DiskFormat* format, FindDiskFormat(args.OptionalOr("format", "raw")));
  DiskFormatOptions format_options;
  format_options.name = args.OptionalOr("name", format_options.name);
  format_options.threads = static_cast<int>(args.IntOr("threads", 1));
  ABSL_ASSIGN_OR_RETURN(DiskOptions options, ParseOptions(*format, args));
  format_options.time = options.time;
  format_options.uefi = options.table == PartitionTable::kGpt;
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (options.grub) {
    ABSL_RETURN_IF_ERROR(CheckBiosInitrd(options.files));
  }
  ABSL_ASSIGN_OR_RETURN(const Extents disk, MakeDiskImage(std::move(options)));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(output));
  ABSL_RETURN_IF_ERROR(format->write(disk, format_options, *file));
  return file->Commit();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::RunMain(argc, argv, "mkdisk", linuxkit::Run); }
