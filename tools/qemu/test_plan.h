// What a boot test boots and what it asserts: a JSON file that the rule `linuxkit_boot_test`
// writes. Kernel, initrd and command line are the image's also where firmware boots something else:
// they say how much memory it needs.
//
//   {
//     "kernel": "os/myimage-kernel",           paths are relative to the runfiles directory
//     "initrd": "os/myimage-initrd.img",
//     "cmdline": "os/myimage-cmdline",         file with the kernel command line
//     "initrd_info": "os/myimage-initrd.info", InitrdInfo of tools/initrd; decides the least memory
//     "initrd_unpacked_bytes": 123456789,      the same as a number; 0 or absent: unknown
//     "boot": "iso",                           a name of boot_format.h; absent: kernel+initrd
//     "boot_files": ["os/myimage.iso"],        what that format consists of
//     "attach": "usb",                         how; absent: as the format is by default
//     "firmware": "ovmf",                      or seabios, ovmf-secureboot; absent: the format's
//     "firmware_vars": "keys/vars.fd",         variables with the keys of Secure Boot
//     "machine": "q35",                        or "pc"
//     "bootfile": "pxelinux.0",                what firmware loads from a network; absent: iPXE's
//     "netboot_server": "tools/serve",         serves boot_files by HTTP; absent: QEMU's TFTP
//     "disks": ["os/data.qcow2"],              further ones, never written to
//     "smbios": ["vendor:text"],               OEM strings of the machine
//     "networking": "restricted",              or "user"; netboot_server needs "user", its default
//     "arch": "x86_64",                        or "aarch64"
//     "accel": "auto",                         or "kvm", "tcg"; see accel.h
//     "cpus": 1, "mem": 1024,                  MiB; absent: 1024 or what the image needs
//     "kernel_args": ["word"],                 appended to the command line
//     "channel": "guest",                      or "console", "none", "off"; see channel.h
//     "console_prompt": "[#$] ?$",             of the shell on the serial console; for "console"
//     "poweroff_command": "poweroff",          for "console"
//     "deadline_scale": 1.0,                   factor on every deadline
//     "allow_failed": ["name"],                containers whose failure is not the test's; of
//     onboot
//                                              and onshutdown with or without their number
//     "expect": ["regex"],                     each must appear on the serial console, in any order
//     "refused": ["regex"],                    each must appear, and the guest must not run
//     "forbid": ["regex"],                     none may; in addition to the kernel's own complaints
//     "ports": [{"port": 80, "path": "/", "status": 200, "expect": "regex"},
//               {"port": 22, "protocol": "tcp", "send": "", "expect": "^SSH-2"}],
//     "commands": [{"container": "web", "shell": "cat /etc/os-release", "expect": "regex"}]
//   }
//
// Ports: protocol "http" is the default; expect is searched for in the body and may be left out;
// without it a tcp probe asks that the guest keeps the connection open for a second. Commands run
// one after the other with /bin/sh -c, in the running service `container`, or in the root file
// system if that is "-" or left out; status must be 0. Regular expressions are those of pattern.h.
// Unknown keys are errors.
#ifndef TOOLS_QEMU_TEST_PLAN_H_
#define TOOLS_QEMU_TEST_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/boot_format.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/pattern.h"

namespace linuxkit {

enum class ChannelKind { kGuest, kConsole, kNone, kOff };

struct PortProbe {
  uint16_t port = 0;  // of the guest
  bool http = true;
  std::string path = "/";
  int status = 200;
  std::string send;  // tcp only
  std::optional<Pattern> expect;
};

struct PlannedCommand {
  std::string container;  // empty: the root file system
  std::string shell;
  std::optional<Pattern> expect;
};

struct TestPlan {
  std::string kernel;
  std::string initrd;
  std::string cmdline_file;
  std::string initrd_info;
  int64_t initrd_unpacked_bytes = 0;
  BootSource boot;
  std::string firmware_vars;
  Board board = Board::kQ35;
  std::string netboot_server;
  std::vector<std::string> disks;
  std::vector<std::string> smbios;
  Networking::Mode networking = Networking::Mode::kRestricted;
  Arch arch = Arch::kX86_64;
  AccelChoice accel = AccelChoice::kAuto;
  int cpus = 1;
  std::optional<int64_t> mem_mib;
  std::vector<std::string> kernel_args;
  ChannelKind channel = ChannelKind::kGuest;
  std::optional<Pattern> console_prompt;  // always set by ParseTestPlan
  std::string poweroff_command = "poweroff";
  double deadline_scale = 1;
  std::vector<std::string> allow_failed;
  std::vector<Pattern> expect;
  std::vector<Pattern> refused;
  std::vector<Pattern> forbid;
  std::vector<PortProbe> ports;
  std::vector<PlannedCommand> commands;
};

// `name` stands for the plan in errors.
absl::StatusOr<TestPlan> ParseTestPlan(std::string_view name, std::string_view text);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_TEST_PLAN_H_
