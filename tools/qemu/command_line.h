// QEMU's command line for a described machine. A pure function of its input, so that tests pin it
// word by word.
//
// The machine is minimal on purpose (-nodefaults, no user configuration): what is not asked for is
// not there, and a machine means the same on every host. A guest reboot ends QEMU (-no-reboot).
#ifndef TOOLS_QEMU_COMMAND_LINE_H_
#define TOOLS_QEMU_COMMAND_LINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/disk.h"
#include "tools/qemu/publish.h"

namespace linuxkit {

enum class Arch { kX86_64, kAarch64 };
std::string_view ArchName(Arch arch);
absl::StatusOr<Arch> ParseArch(std::string_view text);
// The host's, x86_64 on hosts we know nothing about.
Arch HostArch();

enum class Accel { kTcg, kKvm, kHvf };
std::string_view AccelName(Accel accel);

// Where the first serial port goes.
enum class Console {
  kTerminal,  // this terminal, shared with QEMU's monitor: Ctrl-A x ends, Ctrl-A c switches
  kFile,      // Machine::console_file
  kWindow,    // a tab of QEMU's window
  kSocket,    // a connected socket we hold the other end of: Machine::console_fd
};

struct Firmware {
  std::string code;          // empty: the machine's default (SeaBIOS on x86-64)
  std::string vars;          // writable copy of the variable store; may be empty
  bool secure_boot = false;  // needs system management mode, which protects the variables
};

// The machine type of x86-64.
enum class Board { kQ35, kPc };

// How a medium hangs on the machine.
enum class Attach { kCd, kUsb, kVirtio, kIde, kNvme, kScsi };

// What the firmware boots from. It is never written to: a build's output is shared and read-only.
struct Medium {
  std::string file;
  std::string format = "raw";  // QEMU's name
  Attach attach = Attach::kVirtio;

  friend bool operator==(const Medium&, const Medium&) = default;
};

// What DHCP offers to firmware that boots from the network, for which QEMU must be the network.
struct NetworkBoot {
  std::string bootfile;        // name for TFTP, or URL; empty: no network boot
  std::string tftp_directory;  // may be empty

  friend bool operator==(const NetworkBoot&, const NetworkBoot&) = default;
};

// With kUser the guest reaches this host, services of the loopback included (10.0.2.2), and what
// lies beyond. With kRestricted it reaches neither. Published ports lead to it in both.
struct Networking {
  enum class Mode { kUser, kRestricted, kNone, kBridge, kTap };
  Mode mode = Mode::kUser;
  std::string interface;  // of bridge and tap
  std::string mac;        // empty: QEMU's own; set where several machines share a network
  std::vector<Publish> publish;
  NetworkBoot boot;

  // Whether QEMU itself is the network: it serves DHCP and TFTP and forwards ports.
  bool HasHostServices() const { return mode == Mode::kUser || mode == Mode::kRestricted; }
};

struct Machine {
  std::string qemu;
  Arch arch = Arch::kX86_64;
  Accel accel = Accel::kTcg;
  int cpus = 1;
  int64_t mem_mib = 1024;
  Firmware firmware;
  Board board = Board::kQ35;
  std::string kernel;  // empty: boots from the medium, the network, or the first disk
  std::string initrd;
  std::string cmdline;
  std::optional<Medium> medium;           // with a kernel: its root file system
  std::vector<std::string> smbios_texts;  // OEM strings
  std::string data_iso;
  std::vector<DiskSpec> disks;  // resolved
  Networking networking;
  Console console = Console::kTerminal;
  std::string console_file;
  int console_fd = -1;
  int result_fd = -1;   // virtio-serial port "linuxkit.result"; -1: none
  int monitor_fd = -1;  // a connected socket on which QEMU speaks QMP; -1: none
  bool usb = false;
  std::vector<std::string> devices;
  std::vector<std::string> share_sockets;  // of one virtiofsd each
  std::string pid_file;                    // empty: none
  bool daemonize = false;
};

std::vector<std::string> QemuCommandLine(const Machine& machine);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_COMMAND_LINE_H_
