#include "tools/vmdisk/ova.h"

#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/hashing_sink.h"
#include "tools/base/sha256.h"
#include "tools/package/tar_writer.h"
#include "tools/vmdisk/limits.h"
#include "tools/vmdisk/vmdk.h"
#include "tools/vmdisk/vmdk_format.h"

namespace linuxkit {
namespace {

std::string ManifestLine(std::string_view file, const Sha256Digest& digest) {
  return absl::StrCat("SHA256(", file, ")= ", Hex(digest), "\n");
}

absl::Status AddDocument(const std::string& path, int64_t time, std::string_view text,
                         TarWriter& tar) {
  StringSource source(text);
  return tar.Add({.path = path, .mode = 0644, .mtime = time, .size = text.size()}, source);
}

// Everything in front of the disk's first byte.
absl::StatusOr<std::string> Head(const OvaOptions& options, const OvfMachine& machine,
                                 const Sha256Digest& disk_digest) {
  const std::string ovf = OvfDocument(machine);
  const std::string ovf_name = absl::StrCat(options.name, ".ovf");
  const std::string manifest = absl::StrCat(ManifestLine(ovf_name, Sha256Of(ovf)),
                                            ManifestLine(machine.disk_name, disk_digest));
  StringSink head;
  TarWriter tar(head);
  ABSL_RETURN_IF_ERROR(AddDocument(ovf_name, options.time, ovf, tar));
  ABSL_RETURN_IF_ERROR(AddDocument(absl::StrCat(options.name, ".mf"), options.time, manifest, tar));
  ABSL_RETURN_IF_ERROR(CheckUstarSize(machine.disk_name, machine.disk_file_size));
  ABSL_RETURN_IF_ERROR(tar.AddHeader({.path = machine.disk_name,
                                      .mode = 0644,
                                      .mtime = options.time,
                                      .size = machine.disk_file_size}));
  return head.data();
}

absl::Status CheckMachine(const OvaOptions& options) {
  if (options.cpus >= 1 && options.memory_mib >= 4 && options.memory_mib % 4 == 0) {
    return CheckName(options.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a virtual machine cannot have ", options.cpus, " CPUs and ", options.memory_mib,
                   " MiB of memory; expected at least one CPU and a multiple ", "of 4 MiB"));
}

}  // namespace

absl::Status WriteOva(const Extents& disk, const OvaOptions& options, OutputFile& output) {
  ABSL_RETURN_IF_ERROR(CheckMachine(options));
  OvfMachine machine = {.name = options.name,
                        .cpus = options.cpus,
                        .memory_mib = options.memory_mib,
                        .firmware = options.firmware,
                        .disk_name = absl::StrCat(options.name, ".vmdk")};
  ABSL_ASSIGN_OR_RETURN(machine.disk_capacity,
                        RoundedDiskSize("an OVA", disk, kVmdkGrain, kVmdkMaxSize));
  ABSL_ASSIGN_OR_RETURN(const std::string place, Head(options, machine, {}));
  ABSL_RETURN_IF_ERROR(output.Append(place));
  HashingSink vmdk(output);
  ABSL_RETURN_IF_ERROR(WriteVmdk(
      disk, {.name = machine.disk_name, .level = options.level, .threads = options.threads}, vmdk));
  ABSL_RETURN_IF_ERROR(TarWriter(output).Finish());
  machine.disk_file_size = vmdk.size();
  ABSL_ASSIGN_OR_RETURN(const std::string head, Head(options, machine, vmdk.Finish()));
  return output.WriteAt(0, head);
}

}  // namespace linuxkit
