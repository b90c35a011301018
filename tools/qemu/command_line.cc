#include "tools/qemu/command_line.h"

#include <sys/utsname.h>

#include <initializer_list>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace linuxkit {
namespace {

using Words = std::vector<std::string>;

void Add(Words& words, std::initializer_list<std::string> more) { words.insert(words.end(), more); }

// A value inside a comma-separated QEMU option: a comma is written twice.
std::string OptionValue(std::string_view value) {
  return absl::StrReplaceAll(value, {{",", ",,"}});
}

std::string MachineType(const Machine& machine) {
  if (machine.arch == Arch::kAarch64) return "virt,gic-version=max";
  // Without graphics SeaBIOS talks on the serial port, so that it can say what it does not find. A
  // kernel that is given directly needs no words from it.
  const bool seabios_speaks = machine.kernel.empty() && machine.firmware.code.empty() &&
                              machine.console != Console::kWindow;
  return absl::StrCat(machine.board == Board::kPc ? "pc" : "q35",
                      machine.firmware.secure_boot ? ",smm=on" : "",
                      seabios_speaks ? ",graphics=off" : "");
}

void AddProcessor(const Machine& machine, Words& words) {
  Add(words, {"-machine", MachineType(machine)});
  switch (machine.accel) {
    case Accel::kTcg:
      Add(words, {"-accel", "tcg,thread=multi", "-cpu", "max"});
      break;
    case Accel::kKvm:
      Add(words, {"-accel", "kvm", "-cpu", "host"});
      break;
    case Accel::kHvf:
      Add(words, {"-accel", "hvf", "-cpu", "host"});
      break;
  }
  Add(words, {"-smp", absl::StrCat(machine.cpus), "-m", absl::StrCat(machine.mem_mib)});
}

void AddConsole(const Machine& machine, Words& words) {
  switch (machine.console) {
    case Console::kTerminal:
      // With "mon:" Ctrl-C goes to the guest, and Ctrl-A is the way to QEMU.
      Add(words, {"-display", "none", "-serial", "mon:stdio"});
      break;
    case Console::kFile:
      Add(words, {"-display", "none", "-chardev",
                  absl::StrCat("file,id=console,path=", OptionValue(machine.console_file)),
                  "-serial", "chardev:console"});
      break;
    case Console::kWindow:
      if (machine.arch == Arch::kX86_64) Add(words, {"-vga", "std"});
      if (machine.arch == Arch::kAarch64) {
        Add(words, {"-device", "virtio-gpu-pci", "-device", "qemu-xhci", "-device", "usb-kbd"});
      }
      Add(words, {"-serial", "vc"});
      break;
    case Console::kSocket:
      Add(words, {"-display", "none", "-chardev",
                  absl::StrCat("socket,id=console,fd=", machine.console_fd), "-serial",
                  "chardev:console"});
      break;
  }
}

void AddResultPort(const Machine& machine, Words& words) {
  if (machine.result_fd < 0) return;
  Add(words, {"-device", "virtio-serial-pci", "-chardev",
              absl::StrCat("socket,id=result,fd=", machine.result_fd), "-device",
              "virtserialport,chardev=result,name=linuxkit.result"});
}

void AddMonitor(const Machine& machine, Words& words) {
  if (machine.monitor_fd < 0) return;
  Add(words, {"-chardev", absl::StrCat("socket,id=monitor,fd=", machine.monitor_fd), "-qmp",
              "chardev:monitor"});
}

void AddFirmware(const Machine& machine, Words& words) {
  if (machine.firmware.code.empty()) return;
  if (machine.firmware.secure_boot) {
    // Only code in system management mode writes the variables, and with them the keys.
    Add(words, {"-global", "driver=cfi.pflash01,property=secure,value=on"});
  }
  Add(words, {"-drive", absl::StrCat("if=pflash,unit=0,readonly=on,format=raw,file=",
                                     OptionValue(machine.firmware.code))});
  if (machine.firmware.vars.empty()) return;
  Add(words, {"-drive", absl::StrCat("if=pflash,unit=1,format=raw,file=",
                                     OptionValue(machine.firmware.vars))});
}

void AddKernel(const Machine& machine, Words& words) {
  if (machine.kernel.empty()) return;
  Add(words, {"-kernel", machine.kernel});
  if (!machine.initrd.empty()) Add(words, {"-initrd", machine.initrd});
  Add(words, {"-append", machine.cmdline});
}

void AddDisks(const Machine& machine, Words& words) {
  int index = 0;
  for (const DiskSpec& disk : machine.disks) {
    const std::string id = absl::StrCat("disk", index++);
    Add(words, {"-drive",
                absl::StrCat("if=none,id=", id, ",file=", OptionValue(disk.file), ",format=",
                             OptionValue(disk.format), disk.snapshot ? ",snapshot=on" : ""),
                "-device", absl::StrCat("virtio-blk-pci,drive=", id)});
  }
}

// A drive that is named by `id` and a device that has it.
void AddCdrom(const Machine& machine, std::string_view id, const std::string& file, int bus,
              std::string_view boot, Words& words) {
  Add(words,
      {"-drive",
       absl::StrCat("if=none,id=", id, ",file=", OptionValue(file),
                    ",format=raw,media=cdrom,readonly=on"),
       "-device",
       machine.arch == Arch::kX86_64 ? absl::StrCat("ide-cd,drive=", id, ",bus=ide.", bus, boot)
                                     : absl::StrCat("scsi-cd,drive=", id, ",bus=scsi.0", boot)});
}

void AddMedium(const Machine& machine, Words& words) {
  // The firmware tries what has an index, and in this order. A kernel has been loaded already.
  const std::string boot = machine.kernel.empty() ? ",bootindex=0" : "";
  const Medium& medium = *machine.medium;
  if (medium.attach == Attach::kCd) {
    return AddCdrom(machine, "medium", medium.file, 0, boot, words);
  }
  Add(words, {"-drive", absl::StrCat("if=none,id=medium,file=", OptionValue(medium.file),
                                     ",format=", OptionValue(medium.format), ",snapshot=on")});
  switch (medium.attach) {
    case Attach::kUsb:
      Add(words, {"-device", "qemu-xhci,id=xhci", "-device",
                  absl::StrCat("usb-storage,drive=medium,bus=xhci.0", boot)});
      break;
    case Attach::kIde:
      Add(words, {"-device", absl::StrCat("ide-hd,drive=medium,bus=ide.0", boot)});
      break;
    case Attach::kNvme:
      Add(words, {"-device", absl::StrCat("nvme,drive=medium,serial=medium", boot)});
      break;
    case Attach::kScsi:
      Add(words, {"-device", absl::StrCat("scsi-hd,drive=medium,bus=scsi.0", boot)});
      break;
    case Attach::kVirtio:
    case Attach::kCd:
      Add(words, {"-device", absl::StrCat("virtio-blk-pci,drive=medium", boot)});
      break;
  }
}

bool HasMedium(const Machine& machine, Attach attach) {
  return machine.medium && machine.medium->attach == attach;
}

// CD-ROMs are on the AHCI or IDE ports that x86-64 machines have, one each, and on a SCSI
// controller elsewhere.
bool NeedsScsi(const Machine& machine) {
  const bool has_cdrom = !machine.data_iso.empty() || HasMedium(machine, Attach::kCd);
  return HasMedium(machine, Attach::kScsi) || (has_cdrom && machine.arch != Arch::kX86_64);
}

// In front of the disks, so that the kernel's first disk is the medium.
void AddMedia(const Machine& machine, Words& words) {
  if (NeedsScsi(machine)) Add(words, {"-device", "virtio-scsi-pci,id=scsi"});
  if (machine.medium) AddMedium(machine, words);
  AddDisks(machine, words);
  if (machine.data_iso.empty()) return;
  const bool on_ide = HasMedium(machine, Attach::kCd) || HasMedium(machine, Attach::kIde);
  AddCdrom(machine, "data", machine.data_iso, on_ide ? 1 : 0, "", words);
}

void AddSmbiosTexts(const Machine& machine, Words& words) {
  for (const std::string& text : machine.smbios_texts) {
    Add(words, {"-smbios", absl::StrCat("type=11,value=", OptionValue(text))});
  }
}

void AddNetwork(const Machine& machine, Words& words) {
  const Networking& networking = machine.networking;
  std::string backend;
  switch (networking.mode) {
    case Networking::Mode::kNone:
      Add(words, {"-nic", "none"});
      return;
    case Networking::Mode::kUser:
      backend = "user,id=net0";
      break;
    case Networking::Mode::kRestricted:
      backend = "user,id=net0,restrict=on";
      break;
    case Networking::Mode::kBridge:
      backend = absl::StrCat("bridge,id=net0,br=", OptionValue(networking.interface));
      break;
    case Networking::Mode::kTap:
      backend = absl::StrCat("tap,id=net0,ifname=", OptionValue(networking.interface),
                             ",script=no,downscript=no");
      break;
  }
  for (const Publish& publish : networking.publish) {
    absl::StrAppend(&backend, ",hostfwd=", publish.udp ? "udp" : "tcp",
                    ":127.0.0.1:", publish.host_port, "-:", publish.guest_port);
  }
  const NetworkBoot& boot = networking.boot;
  if (!boot.tftp_directory.empty()) {
    absl::StrAppend(&backend, ",tftp=", OptionValue(boot.tftp_directory));
  }
  if (!boot.bootfile.empty()) absl::StrAppend(&backend, ",bootfile=", OptionValue(boot.bootfile));
  // A BIOS boots from the network by the card's option ROM (iPXE), UEFI firmware by itself. Without
  // need there is none: Debian packs the ROMs apart from QEMU.
  const bool needs_rom = !boot.bootfile.empty() && machine.firmware.code.empty();
  std::string device =
      absl::StrCat("virtio-net-pci,netdev=net0",
                   needs_rom ? "" : ",romfile=", boot.bootfile.empty() ? "" : ",bootindex=0");
  if (!networking.mac.empty()) absl::StrAppend(&device, ",mac=", networking.mac);
  Add(words, {"-netdev", backend, "-device", device});
}

void AddShares(const Machine& machine, Words& words) {
  if (machine.share_sockets.empty()) return;
  // virtiofsd maps the guest's memory, which therefore must be shareable.
  Add(words,
      {"-object", absl::StrCat("memory-backend-memfd,id=mem,size=", machine.mem_mib, "M,share=on"),
       "-numa", "node,memdev=mem"});
  int index = 0;
  for (const std::string& socket : machine.share_sockets) {
    const std::string name = absl::StrCat("virtiofs", index++);
    Add(words, {"-chardev", absl::StrCat("socket,id=", name, ",path=", OptionValue(socket)),
                "-device", absl::StrCat("vhost-user-fs-pci,chardev=", name, ",tag=", name)});
  }
}

}  // namespace

std::string_view ArchName(Arch arch) { return arch == Arch::kX86_64 ? "x86_64" : "aarch64"; }

std::string_view AccelName(Accel accel) {
  switch (accel) {
    case Accel::kKvm:
      return "kvm";
    case Accel::kHvf:
      return "hvf";
    case Accel::kTcg:
      break;
  }
  return "tcg";
}

absl::StatusOr<Arch> ParseArch(std::string_view text) {
  if (text == "x86_64" || text == "amd64") return Arch::kX86_64;
  if (text == "aarch64" || text == "arm64") return Arch::kAarch64;
  return absl::InvalidArgumentError(
      absl::StrCat("--arch=", text, ": unknown architecture; expected x86_64 or aarch64"));
}

Arch HostArch() {
  utsname host = {};
  uname(&host);
  return std::string_view(host.machine) == "aarch64" ? Arch::kAarch64 : Arch::kX86_64;
}

std::vector<std::string> QemuCommandLine(const Machine& machine) {
  Words words = {machine.qemu, "-nodefaults", "-no-user-config", "-no-reboot"};
  AddProcessor(machine, words);
  Add(words, {"-object", "rng-random,id=rng0,filename=/dev/urandom", "-device",
              "virtio-rng-pci,rng=rng0"});
  AddConsole(machine, words);
  AddResultPort(machine, words);
  AddMonitor(machine, words);
  AddFirmware(machine, words);
  AddKernel(machine, words);
  AddSmbiosTexts(machine, words);
  AddMedia(machine, words);
  AddNetwork(machine, words);
  if (machine.usb) Add(words, {"-usb"});
  for (const std::string& device : machine.devices) Add(words, {"-device", device});
  AddShares(machine, words);
  if (!machine.pid_file.empty()) Add(words, {"-pidfile", machine.pid_file});
  if (machine.daemonize) Add(words, {"-daemonize"});
  return words;
}

}  // namespace linuxkit
