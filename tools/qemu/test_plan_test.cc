#include "tools/qemu/test_plan.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tools/qemu/accel.h"

namespace linuxkit {
namespace {

std::string ErrorOf(std::string_view text) {
  return std::string(ParseTestPlan("p.json", text).status().message());
}

TEST(TestPlan, Smallest) {
  const TestPlan plan = *ParseTestPlan("p.json", R"({"kernel": "k"})");
  EXPECT_EQ(plan.kernel, "k");
  EXPECT_EQ(plan.channel, ChannelKind::kGuest);
  EXPECT_EQ(plan.accel, AccelChoice::kAuto);
  EXPECT_FALSE(plan.mem_mib.has_value());
  EXPECT_EQ(plan.console_prompt->text(), "[#$] ?$");
}

TEST(TestPlan, Everything) {
  const TestPlan plan = *ParseTestPlan("p.json", R"({
    "kernel": "k", "initrd": "i", "cmdline": "c", "initrd_unpacked_bytes": 5, "disks": ["d"],
    "boot": "squashfs", "boot_files": ["s"], "attach": "nvme", "firmware": "ovmf",
    "firmware_vars": "v", "machine": "pc", "arch": "aarch64", "accel": "kvm", "cpus": 2, "mem": 512,
    "kernel_args": ["quiet"],
    "channel": "guest", "console_prompt": "> $", "poweroff_command": "halt",
    "deadline_scale": 2.5, "allow_failed": ["x"], "expect": ["up"], "forbid": ["bad"],
    "ports": [{"port": 80, "path": "/x", "status": 404, "expect": "no"},
              {"port": 22, "protocol": "tcp", "send": "hi", "expect": "SSH"}],
    "commands": [{"container": "web", "shell": "true", "expect": "^$"}, {"shell": "id"}]})");
  EXPECT_EQ(plan.initrd_unpacked_bytes, 5);
  EXPECT_EQ(plan.boot.format->name, "squashfs");
  EXPECT_EQ(plan.boot.files, std::vector<std::string>{"s"});
  EXPECT_EQ(plan.boot.attach, Attach::kNvme);
  EXPECT_EQ(plan.boot.firmware_choice(), FirmwareChoice::kOvmf);
  EXPECT_EQ(plan.firmware_vars, "v");
  EXPECT_EQ(plan.board, Board::kPc);
  EXPECT_EQ(plan.arch, Arch::kAarch64);
  EXPECT_EQ(plan.accel, AccelChoice::kKvm);
  EXPECT_EQ(plan.mem_mib, 512);
  EXPECT_EQ(plan.deadline_scale, 2.5);
  ASSERT_EQ(plan.ports.size(), 2u);
  EXPECT_EQ(plan.ports[0].status, 404);
  EXPECT_FALSE(plan.ports[1].http);
  EXPECT_EQ(plan.ports[1].send, "hi");
  ASSERT_EQ(plan.commands.size(), 2u);
  EXPECT_EQ(plan.commands[0].container, "web");
  EXPECT_EQ(plan.commands[1].container, "");
  EXPECT_FALSE(plan.commands[1].expect.has_value());
}

TEST(TestPlan, NotJson) {
  EXPECT_TRUE(ErrorOf("{").starts_with("p.json: not JSON: ")) << ErrorOf("{");
}
TEST(TestPlan, NotAnObject) { EXPECT_EQ(ErrorOf("[]"), "p.json: found array, expected an object"); }
TEST(TestPlan, UnknownKey) {
  EXPECT_EQ(
      ErrorOf(R"({"kernel": "k", "comands": []})"),
      "p.json: unknown key \"comands\"; expected one of accel, allow_failed, arch, attach, boot, "
      "boot_files, bootfile, channel, cmdline, commands, console_prompt, cpus, "
      "deadline_scale, disks, "
      "expect, firmware, firmware_vars, forbid, initrd, initrd_info, initrd_unpacked_bytes, "
      "kernel, kernel_args, machine, mem, netboot_server, networking, ports, poweroff_command, "
      "refused, "
      "smbios");
}
TEST(TestPlan, WrongTypes) {
  EXPECT_EQ(ErrorOf(R"({"kernel": 1})"), "p.json: kernel: found number, expected a string");
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "cpus": 1.5})"),
            "p.json: cpus: found 1.5, expected a whole number");
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "expect": "up"})"),
            "p.json: expect: found string, expected a list");
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "expect": [3]})"),
            "p.json: expect[0]: found number, expected a string");
}
TEST(TestPlan, OutOfRange) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "cpus": 0})"), "p.json: cpus: found 0, expected 1 to 255");
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "deadline_scale": 0})"),
            "p.json: deadline_scale: expected a number above 0");
}
TEST(TestPlan, UnknownAccelerator) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "accel": "xen"})"),
            "p.json: accel=xen: unknown accelerator; expected auto, kvm, tcg or hvf");
}
TEST(TestPlan, BadPattern) {
  EXPECT_EQ(
      ErrorOf(R"({"kernel": "k", "expect": ["a(b"]})"),
      "p.json: expect: \"a(b\" is not a POSIX extended regular expression: Unmatched ( or \\(");
}
TEST(TestPlan, PortWithoutNumber) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "ports": [{"path": "/"}]})"),
            "p.json: ports[0]: port: missing; expected the guest's port");
}
TEST(TestPlan, RelativePath) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "ports": [{"port": 80, "path": "x"}]})"),
            "p.json: ports[0]: path: found \"x\", expected a path that begins with /");
}
TEST(TestPlan, UnknownProtocol) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "ports": [{"port": 80, "protocol": "udp"}]})"),
            "p.json: ports[0]: protocol: found \"udp\", expected \"http\" or \"tcp\"");
}
TEST(TestPlan, CommandWithoutShell) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "commands": [{"container": "web"}]})"),
            "p.json: commands[0]: shell: missing; expected the text for /bin/sh -c");
}
TEST(TestPlan, ContainerWithSpace) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "commands": [{"container": "", "shell": "x"}]})"),
            "p.json: commands[0]: container: expected the name of a service, or \"-\" for the root "
            "file system");
}
TEST(TestPlan, NothingToBoot) {
  EXPECT_EQ(ErrorOf("{}"), "p.json: kernel: missing; expected a kernel, or a medium with boot");
}
TEST(TestPlan, FilesWithoutFormat) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "boot_files": ["a.iso"]})"),
            "p.json: boot_files: without boot nothing is made of them; expected both");
}
TEST(TestPlan, FormatWithoutFiles) {
  EXPECT_EQ(ErrorOf(R"({"boot": "iso"})"),
            "p.json: boot_files: missing; expected what iso boots from");
}
TEST(TestPlan, RootWithoutKernel) {
  EXPECT_EQ(ErrorOf(R"({"boot": "erofs", "boot_files": ["e"]})"),
            "p.json: kernel: missing; expected a kernel, or a medium with boot");
}
TEST(TestPlan, KernelArgumentsOnAMedium) {
  EXPECT_EQ(ErrorOf(R"({"boot": "raw", "boot_files": ["a"], "kernel_args": ["quiet"]})"),
            "p.json: kernel_args: raw has its command line inside; expected none");
}
TEST(TestPlan, ServerWithoutNetwork) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "netboot_server": "s"})"),
            "p.json: netboot_server: serves nothing without boot netboot");
}
TEST(TestPlan, BootfileWithoutNetwork) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "bootfile": "pxelinux.0"})"),
            "p.json: bootfile: nothing loads it without boot netboot");
}
TEST(TestPlan, ServerOfHttpWithUefi) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "boot": "netboot", "boot_files": ["boot.ipxe"],
                        "firmware": "ovmf", "netboot_server": "s"})"),
            "p.json: netboot_server: UEFI firmware loads iPXE by TFTP; expected none, or seabios");
}
TEST(TestPlan, UnknownNames) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "attach": "floppy"})"),
            "p.json: attach: found \"floppy\", expected cd, usb, virtio, ide, nvme or scsi");
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "firmware": "bios"})"),
            "p.json: firmware: found \"bios\", expected seabios, ovmf or ovmf-secureboot");
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "machine": "microvm"})"),
            "p.json: machine: found \"microvm\", expected q35 or pc");
  EXPECT_EQ(
      ErrorOf(R"({"kernel": "k", "boot": "ova"})"),
      "p.json: boot: found \"ova\", expected one of kernel+initrd, iso, iso-bios, iso-efi, raw, "
      "raw-bios, raw-efi, uki, qcow2, qcow2-bios, qcow2-efi, vmdk, vhd, dynamic-vhd, vhdx, vdi, "
      "squashfs, erofs, verity, kernel+iso, netboot");
}
TEST(TestPlan, RefusedWithoutChannel) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "refused": ["x"], "channel": "none"})"),
            "p.json: refused: needs the channel \"guest\", on which the guest stays silent");
}
TEST(TestPlan, RefusedAndExpected) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "refused": ["x"], "expect": ["y"]})"),
            "p.json: refused: excludes expect, ports and commands: no guest runs");
}
TEST(TestPlan, CommandsWithoutChannel) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "channel": "none", "commands": [{"shell": "x"}]})"),
            "p.json: commands: need the channel \"guest\" or \"console\"");
}
TEST(TestPlan, ContainerOnTheConsole) {
  EXPECT_EQ(
      ErrorOf(
          R"({"kernel": "k", "channel": "console", "commands": [{"container": "web", "shell": "x"}]})"),
      "p.json: commands: \"web\": on the channel \"console\" commands run where the console's "
      "shell is; expected \"-\"");
}
TEST(TestPlan, LinesOnTheConsole) {
  EXPECT_EQ(
      ErrorOf(R"({"kernel": "k", "channel": "console", "commands": [{"shell": "x\ny"}]})"),
      "p.json: commands: on the channel \"console\" a command is one line of at most 1000 bytes");
}
TEST(TestPlan, GuestsReachNothingUnlessTheyAreServed) {
  const auto mode = [](std::string_view rest) {
    return ParseTestPlan("p.json", absl::StrCat(R"({"kernel": "k")", rest, "}"))->networking;
  };
  EXPECT_EQ(mode(""), Networking::Mode::kRestricted);
  EXPECT_EQ(mode(R"(, "networking": "user")"), Networking::Mode::kUser);
  EXPECT_EQ(mode(R"(, "boot": "netboot", "boot_files": ["f"], "netboot_server": "s")"),
            Networking::Mode::kUser);
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "networking": "tap"})"),
            "p.json: networking: found \"tap\", expected \"restricted\" or \"user\"");
  EXPECT_EQ(ErrorOf(R"({"boot": "netboot", "boot_files": ["f"], "netboot_server": "s",
                        "networking": "restricted"})"),
            "p.json: networking: the guest must reach the netboot_server; expected \"user\"");
}
TEST(TestPlan, UnknownChannel) {
  EXPECT_EQ(ErrorOf(R"({"kernel": "k", "channel": "ssh"})"),
            "p.json: channel: found \"ssh\", expected \"guest\", \"console\", \"none\" or \"off\"");
}

}  // namespace
}  // namespace linuxkit
