#include "tools/mkdisk/disk_format.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/vmdisk/gcp_image.h"
#include "tools/vmdisk/ova.h"
#include "tools/vmdisk/qcow2.h"
#include "tools/vmdisk/vdi.h"
#include "tools/vmdisk/vhd.h"
#include "tools/vmdisk/vhdx.h"
#include "tools/vmdisk/vmdk.h"

namespace linuxkit {
namespace {

using Options = DiskFormatOptions;

constexpr uint64_t kMib = 1 << 20;
constexpr uint64_t kGib = 1 << 30;

absl::Status WriteRaw(const Extents& disk, const Options&, OutputFile& output) {
  return WriteExtents(disk, output);
}

absl::Status WriteQcow2As(const Extents& disk, const Options& options, OutputFile& output) {
  return WriteQcow2(disk, {.threads = options.threads}, output);
}

absl::Status WriteCompressedQcow2(const Extents& disk, const Options& options, OutputFile& output) {
  return WriteQcow2(
      disk, {.compression = {.format = Compression::Format::kGzip}, .threads = options.threads},
      output);
}

absl::Status WriteVmdkAs(const Extents& disk, const Options& options, OutputFile& output) {
  return WriteVmdk(disk, {.name = options.name + ".vmdk", .threads = options.threads}, output);
}

absl::Status WriteOvaAs(const Extents& disk, const Options& options, OutputFile& output) {
  return WriteOva(disk,
                  {.name = options.name,
                   .firmware = options.uefi ? OvfFirmware::kEfi : OvfFirmware::kBios,
                   .time = options.time,
                   .threads = options.threads},
                  output);
}

absl::Status WriteVhdAs(const Extents& disk, const Options&, OutputFile& output) {
  return WriteFixedVhd(disk, output);
}

absl::Status WriteDynamicVhdAs(const Extents& disk, const Options&, OutputFile& output) {
  return WriteDynamicVhd(disk, output);
}

absl::Status WriteVhdxAs(const Extents& disk, const Options&, OutputFile& output) {
  return WriteVhdx(disk, output);
}

absl::Status WriteVdiAs(const Extents& disk, const Options&, OutputFile& output) {
  return WriteVdi(disk, output);
}

absl::Status WriteGcp(const Extents& disk, const Options& options, OutputFile& output) {
  return WriteGcpImage(disk, {.time = options.time, .threads = options.threads}, output);
}

constexpr DiskFormat kFormats[] = {
    {"raw", kMib, WriteRaw},
    {"qcow2", kMib, WriteQcow2As},
    {"compressed_qcow2", kMib, WriteCompressedQcow2},
    {"vmdk", kMib, WriteVmdkAs},
    {"ova", kMib, WriteOvaAs},
    {"vhd", kMib, WriteVhdAs},
    {"dynamic_vhd", kMib, WriteDynamicVhdAs},
    {"vhdx", kMib, WriteVhdxAs},
    {"vdi", kMib, WriteVdiAs},
    {"gcp", kGib, WriteGcp},
};

}  // namespace

absl::StatusOr<const DiskFormat*> FindDiskFormat(std::string_view name) {
  for (const DiskFormat& format : kFormats) {
    if (format.name == name) return &format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--format=", name, ": expected one of ",
                   absl::StrJoin(kFormats, ", ", [](std::string* text, const DiskFormat& format) {
                     absl::StrAppend(text, format.name);
                   })));
}

}  // namespace linuxkit
