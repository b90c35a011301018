#include "tools/qemu/run_image.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/base/file.h"
#include "tools/qemu/bazel_build.h"
#include "tools/qemu/data_iso.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/initrd_info.h"
#include "tools/qemu/kernel_cmdline.h"
#include "tools/qemu/memory.h"
#include "tools/qemu/run_machine.h"
#include "tools/qemu/shell_quote.h"
#include "tools/qemu/virtiofs.h"

namespace linuxkit {
namespace {

std::string InState(const RunOptions& options, std::string_view name) {
  return absl::StrCat(options.state_dir, "/", name);
}

absl::Status MakeStateDir(const RunOptions& options) {
  const std::filesystem::path directory(options.state_dir);
  std::error_code ignored;
  std::filesystem::create_directories(directory.parent_path(), ignored);
  const absl::Status made = MakePrivateDirectory(directory);
  if (made.ok()) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("state directory: ", made.message(), "; choose another with --state"));
}

absl::StatusOr<int64_t> MemoryMib(const RunOptions& options, std::string_view cmdline) {
  // Nothing of the image is unpacked into RAM.
  if (options.boot.kind() == BootKind::kRoot) return ChooseMemoryMib({}, options.mem_mib);
  MemoryNeed need{.unpacked_bytes = options.initrd_unpacked_bytes.value_or(0),
                  .ramfs_root = HasRamfsRoot(cmdline)};
  if (!options.initrd_info.empty() && !options.initrd_unpacked_bytes) {
    ABSL_ASSIGN_OR_RETURN(need.unpacked_bytes, ReadUnpackedBytes(options.initrd_info));
  }
  if (!options.initrd.empty()) {
    ABSL_ASSIGN_OR_RETURN(const InputFile initrd, InputFile::Open(options.initrd));
    need.initrd_bytes = static_cast<int64_t>(initrd.size());
  }
  return ChooseMemoryMib(need, options.mem_mib);
}

// What --boot names, unless it was given as files.
absl::Status BuildBootFiles(RunOptions& options) {
  if (options.boot.kind() == BootKind::kDirect || !options.boot.files.empty()) {
    return absl::OkStatus();
  }
  const std::string format(options.boot.format->name);
  if (options.workspace.empty() || options.exec_root.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("--boot=", format, " builds ", options.formats.at(format),
                     ", which needs that \"bazel run\" starts this; or give the file with "
                     "--boot-file"));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string bazel, FindBazel(options.bazel, options.workspace));
  const BazelBuild build{.program = bazel,
                         .workspace = options.workspace,
                         .exec_root = options.exec_root,
                         .flags = options.bazel_flags};
  ABSL_ASSIGN_OR_RETURN(options.boot.files, BuildOutputs(build, options.formats.at(format)));
  return absl::OkStatus();
}

// A locally administered address, the same in every run with this state directory and different on
// every host, so that machines can share a bridge and keep their DHCP leases.
std::string StableMac(const RunOptions& options) {
  const absl::StatusOr<std::string> machine_id = ReadFile("/etc/machine-id", 4096);
  uint32_t hash = 2166136261;  // FNV-1a
  for (const char c : absl::StrCat(machine_id.value_or(""), options.state_dir)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  }
  return absl::StrFormat("52:54:00:%02x:%02x:%02x", hash >> 24, hash >> 16 & 0xff,
                         hash >> 8 & 0xff);
}

Networking MachineNetworking(const RunOptions& options) {
  Networking networking = options.networking;
  if (networking.mode == Networking::Mode::kBridge || networking.mode == Networking::Mode::kTap) {
    networking.mac = StableMac(options);
  }
  return networking;
}

Console MachineConsole(const RunOptions& options) {
  if (options.gui) return Console::kWindow;
  return options.detached ? Console::kFile : Console::kTerminal;
}

// The firmware with `vars` still a template.
absl::StatusOr<Firmware> HostFirmware(const RunOptions& options) {
  const FirmwareChoice choice = options.boot.firmware_choice();
  if (choice == FirmwareChoice::kSeaBios) return Firmware{};
  const bool secure_boot = choice == FirmwareChoice::kOvmfSecureBoot;
  Firmware firmware{.code = options.firmware, .vars = "", .secure_boot = secure_boot};
  if (options.firmware.empty()) {
    ABSL_ASSIGN_OR_RETURN(
        firmware, FindFirmware(options.arch, secure_boot, DefaultFirmwarePlaces(options.arch)));
  }
  if (!options.firmware_vars.empty()) firmware.vars = options.firmware_vars;
  std::error_code error;
  if (std::filesystem::exists(firmware.code, error)) return firmware;
  return absl::NotFoundError(absl::StrCat("--fw=", firmware.code, ": no such file"));
}

// Keys that are given for this run replace those of the last one.
absl::Status MakeFirmwareVars(const RunOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const Firmware host, HostFirmware(options));
  if (!options.firmware_vars.empty()) {
    std::error_code error;
    std::filesystem::remove(PrivateVarsPath(host, options.state_dir), error);
  }
  return WithPrivateVars(host, options.state_dir).status();
}

absl::StatusOr<std::string> Metadata(const RunOptions& options) {
  if (options.data) return *options.data;
  return ReadFile(*options.data_file);
}

bool HasMetadata(const RunOptions& options) { return options.data || options.data_file; }

absl::Status MakeMetadataDisk(const RunOptions& options, const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string data, Metadata(options));
  ABSL_ASSIGN_OR_RETURN(const std::string iso, MakeDataIso(data));
  return WriteFile(path, iso);
}

// Every file that the described machine needs and that may not exist yet.
absl::Status MakeParts(const RunOptions& options, const Machine& machine) {
  if (HasMetadata(options)) {
    ABSL_RETURN_IF_ERROR(MakeMetadataDisk(options, machine.data_iso));
  }
  for (const DiskSpec& disk : machine.disks) {
    ABSL_RETURN_IF_ERROR(PrepareDisk(disk));
  }
  if (!machine.firmware.vars.empty()) {
    ABSL_RETURN_IF_ERROR(MakeFirmwareVars(options));
  }
  return MakeBootParts(options.boot, machine);
}

// The commands that do in a shell what a run does.
absl::StatusOr<std::string> ShellCommands(const RunOptions& options, const Machine& machine) {
  std::string commands;
  if (!options.virtiofs.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::string virtiofsd, FindVirtiofsd(options.virtiofsd));
    for (size_t i = 0; i < options.virtiofs.size(); ++i) {
      ABSL_ASSIGN_OR_RETURN(
          const std::string share,
          VirtiofsdCommands(virtiofsd, options.virtiofs[i], machine.share_sockets[i]));
      absl::StrAppend(&commands, share);
    }
  }
  return absl::StrCat(commands, ShellQuoteAll(QemuCommandLine(machine)), "\n");
}

void SayWherePortsAre(const Machine& machine) {
  for (const Publish& publish : machine.networking.publish) {
    Say(absl::StrCat("127.0.0.1:", publish.host_port, " -> port ", publish.guest_port,
                     publish.udp ? "/udp" : "/tcp", " of the guest"));
  }
}

}  // namespace

absl::StatusOr<Machine> DescribeMachine(const RunOptions& options, const std::string& qemu) {
  Machine machine;
  machine.qemu = qemu;
  machine.arch = options.arch;
  machine.board = options.board;
  machine.cpus = options.cpus;
  machine.kernel = options.kernel;
  machine.initrd = options.initrd;
  ABSL_ASSIGN_OR_RETURN(machine.cmdline, KernelCmdline(options.cmdline_file, options.kernel_args));
  ABSL_ASSIGN_OR_RETURN(machine.mem_mib, MemoryMib(options, machine.cmdline));
  ABSL_ASSIGN_OR_RETURN(machine.firmware, HostFirmware(options));
  if (!machine.firmware.vars.empty()) {
    machine.firmware.vars = PrivateVarsPath(machine.firmware, options.state_dir);
  }
  if (HasMetadata(options)) machine.data_iso = InState(options, "data.iso");
  for (const DiskSpec& disk : options.disks) {
    const int index = static_cast<int>(machine.disks.size());
    ABSL_ASSIGN_OR_RETURN(DiskSpec resolved, ResolveDisk(disk, index, options.state_dir));
    machine.disks.push_back(std::move(resolved));
  }
  machine.networking = MachineNetworking(options);
  ABSL_RETURN_IF_ERROR(DescribeBoot(options.boot, options.state_dir, machine));
  machine.console = MachineConsole(options);
  machine.console_file = InState(options, "serial.log");
  machine.usb = options.usb;
  machine.devices = options.devices;
  for (size_t i = 0; i < options.virtiofs.size(); ++i) {
    machine.share_sockets.push_back(InState(options, absl::StrCat("virtiofs", i)));
  }
  if (options.detached) machine.pid_file = InState(options, "qemu.pid");
  machine.daemonize = options.detached;
  return machine;
}

absl::StatusOr<int> RunImage(RunOptions options) {
  ABSL_ASSIGN_OR_RETURN(const std::string qemu, FindQemu(ArchName(options.arch), options.qemu));
  ABSL_RETURN_IF_ERROR(MakeStateDir(options));
  ABSL_RETURN_IF_ERROR(BuildBootFiles(options));
  TakeSystemFiles(options.boot, options.kernel, options.initrd, options.cmdline_file);
  ABSL_ASSIGN_OR_RETURN(Machine machine, DescribeMachine(options, qemu));
  const AccelDecision decision = DecideAccel(options.accel, {.guest = options.arch,
                                                             .memory = MemoryOf(options, machine),
                                                             .kvm_device = options.kvm_device});
  machine.accel = decision.accel;
  if (!decision.reason.empty()) Say(decision.reason);
  ABSL_RETURN_IF_ERROR(MakeParts(options, machine));
  if (options.dry_run) {
    ABSL_ASSIGN_OR_RETURN(const std::string commands, ShellCommands(options, machine));
    absl::PrintF("%s", commands);
    return 0;
  }
  ABSL_RETURN_IF_ERROR(CheckHostPortsFree(machine.networking.publish));
  SayWherePortsAre(machine);
  return RunMachine(options, std::move(machine));
}

}  // namespace linuxkit
