#include "tools/qemu/command_line.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tools/qemu/shell_quote.h"

namespace linuxkit {
namespace {

Machine Direct() {
  Machine machine;
  machine.qemu = "qemu";
  machine.kernel = "k";
  machine.initrd = "i";
  machine.cmdline = "console=ttyS0 quiet";
  return machine;
}

std::string Line(const Machine& machine) { return ShellQuoteAll(QemuCommandLine(machine)); }

bool Has(const Machine& machine, std::string_view part) {
  return Line(machine).find(part) != std::string::npos;
}

constexpr std::string_view kStart =
    "qemu -nodefaults -no-user-config -no-reboot -machine q35 -accel tcg,thread=multi -cpu max "
    "-smp 1 -m 1024 -object rng-random,id=rng0,filename=/dev/urandom -device "
    "virtio-rng-pci,rng=rng0 ";
constexpr std::string_view kTerminal = "-display none -serial mon:stdio ";
constexpr std::string_view kNet =
    "-netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile=";

std::string Concat(std::string_view a, std::string_view b, std::string_view c,
                   std::string_view d = "") {
  return std::string(a) + std::string(b) + std::string(c) + std::string(d);
}

TEST(QemuCommandLine, KernelAndInitrd) {
  EXPECT_EQ(Line(Direct()),
            Concat(kStart, kTerminal, "-kernel k -initrd i -append 'console=ttyS0 quiet' ", kNet));
}

TEST(QemuCommandLine, RestrictedNetwork) {
  Machine machine = Direct();
  machine.networking.mode = Networking::Mode::kRestricted;
  machine.networking.publish = {{40000, 80, false}};
  EXPECT_TRUE(
      Has(machine, "-netdev user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:40000-:80 -device "));
}

TEST(QemuCommandLine, BootTest) {
  Machine machine = Direct();
  machine.console = Console::kSocket;
  machine.console_fd = 5;
  machine.result_fd = 6;
  machine.networking.publish = {{40000, 80, false}, {40001, 53, true}};
  EXPECT_EQ(
      Line(machine),
      Concat(kStart,
             "-display none -chardev socket,id=console,fd=5 -serial chardev:console "
             "-device virtio-serial-pci -chardev socket,id=result,fd=6 "
             "-device virtserialport,chardev=result,name=linuxkit.result ",
             "-kernel k -initrd i -append 'console=ttyS0 quiet' "
             "-netdev user,id=net0,hostfwd=tcp:127.0.0.1:40000-:80,hostfwd=udp:127.0.0.1:40001-:53 "
             "-device virtio-net-pci,netdev=net0,romfile="));
}

// A machine that boots from a medium by SeaBIOS.
Machine From(Attach attach, std::string format = "raw") {
  Machine machine;
  machine.qemu = "qemu";
  machine.medium = {.file = "my,image", .format = std::move(format), .attach = attach};
  machine.networking.mode = Networking::Mode::kNone;
  return machine;
}
// The line without what all machines have, and without their type.
std::string Rest(const Machine& machine) {
  const std::string line = Line(machine);
  const size_t at = line.find(kTerminal);
  return at == std::string::npos ? line : line.substr(at + kTerminal.size());
}
Machine WithUefi(Machine machine, bool secure_boot = false) {
  machine.firmware = {"code.fd", "vars.fd", secure_boot};
  return machine;
}

constexpr std::string_view kFlash =
    "-drive if=pflash,unit=0,readonly=on,format=raw,file=code.fd "
    "-drive if=pflash,unit=1,format=raw,file=vars.fd ";

TEST(QemuCommandLine, CdWithUefiDiskAndMetadata) {
  Machine machine = WithUefi(From(Attach::kCd));
  machine.data_iso = "data.iso";
  machine.disks = {{.file = "a.img", .format = "raw"},
                   {.file = "b.img", .format = "qcow2", .snapshot = true}};
  EXPECT_EQ(
      Line(machine),
      Concat(kStart, kTerminal, kFlash,
             "-drive if=none,id=medium,file=my,,image,format=raw,media=cdrom,readonly=on "
             "-device ide-cd,drive=medium,bus=ide.0,bootindex=0 "
             "-drive if=none,id=disk0,file=a.img,format=raw -device virtio-blk-pci,drive=disk0 "
             "-drive if=none,id=disk1,file=b.img,format=qcow2,snapshot=on "
             "-device virtio-blk-pci,drive=disk1 "
             "-drive if=none,id=data,file=data.iso,format=raw,media=cdrom,readonly=on "
             "-device ide-cd,drive=data,bus=ide.1 -nic none"));
}
TEST(QemuCommandLine, Usb) {
  EXPECT_EQ(Rest(From(Attach::kUsb)),
            "-drive if=none,id=medium,file=my,,image,format=raw,snapshot=on "
            "-device qemu-xhci,id=xhci -device usb-storage,drive=medium,bus=xhci.0,bootindex=0 "
            "-nic none");
}
TEST(QemuCommandLine, Virtio) {
  EXPECT_EQ(Rest(From(Attach::kVirtio, "qcow2")),
            "-drive if=none,id=medium,file=my,,image,format=qcow2,snapshot=on "
            "-device virtio-blk-pci,drive=medium,bootindex=0 -nic none");
}
TEST(QemuCommandLine, Ide) {
  EXPECT_EQ(Rest(From(Attach::kIde, "vpc")),
            "-drive if=none,id=medium,file=my,,image,format=vpc,snapshot=on "
            "-device ide-hd,drive=medium,bus=ide.0,bootindex=0 -nic none");
}
TEST(QemuCommandLine, Nvme) {
  EXPECT_EQ(Rest(From(Attach::kNvme, "vhdx")),
            "-drive if=none,id=medium,file=my,,image,format=vhdx,snapshot=on "
            "-device nvme,drive=medium,serial=medium,bootindex=0 -nic none");
}
TEST(QemuCommandLine, Scsi) {
  EXPECT_EQ(Rest(From(Attach::kScsi, "raw")),
            "-device virtio-scsi-pci,id=scsi "
            "-drive if=none,id=medium,file=my,,image,format=raw,snapshot=on "
            "-device scsi-hd,drive=medium,bus=scsi.0,bootindex=0 -nic none");
}
TEST(QemuCommandLine, SeaBiosSpeaksOnTheSerialPort) {
  EXPECT_TRUE(Has(From(Attach::kCd), " -machine q35,graphics=off "));
  EXPECT_TRUE(Has(WithUefi(From(Attach::kCd)), " -machine q35 "));
  Machine window = From(Attach::kCd);
  window.console = Console::kWindow;
  EXPECT_TRUE(Has(window, " -machine q35 "));
}
TEST(QemuCommandLine, PcBoard) {
  Machine machine = From(Attach::kIde);
  machine.board = Board::kPc;
  EXPECT_TRUE(Has(machine, " -machine pc,graphics=off "));
}
TEST(QemuCommandLine, SecureBoot) {
  const Machine machine = WithUefi(From(Attach::kVirtio), /*secure_boot=*/true);
  EXPECT_TRUE(Has(machine, " -machine q35,smm=on "));
  EXPECT_TRUE(
      Has(machine, Concat(" -global driver=cfi.pflash01,property=secure,value=on ", kFlash, "")));
}
TEST(QemuCommandLine, KernelWithRootFileSystem) {
  Machine machine = From(Attach::kVirtio);
  machine.kernel = "k";
  machine.cmdline = "root=/dev/vda";
  EXPECT_EQ(Rest(machine),
            "-kernel k -append root=/dev/vda "
            "-drive if=none,id=medium,file=my,,image,format=raw,snapshot=on "
            "-device virtio-blk-pci,drive=medium -nic none");
  EXPECT_TRUE(Has(machine, " -machine q35 "));
}
TEST(QemuCommandLine, NetworkByTftp) {
  Machine machine;
  machine.qemu = "qemu";
  machine.networking.boot = {.bootfile = "boot.ipxe", .tftp_directory = "/a,b"};
  machine.networking.publish = {{40000, 80, false}};
  EXPECT_EQ(Rest(machine),
            "-netdev user,id=net0,hostfwd=tcp:127.0.0.1:40000-:80,tftp=/a,,b,bootfile=boot.ipxe "
            "-device virtio-net-pci,netdev=net0,bootindex=0");
  EXPECT_TRUE(Has(machine, " -machine q35,graphics=off "));
}
// The firmware has a driver of its own, and the ROM would be iPXE before iPXE.
TEST(QemuCommandLine, NetworkByUefiHasNoRom) {
  Machine machine;
  machine.firmware.code = "c";
  machine.networking.boot = {.bootfile = "ipxe.efi", .tftp_directory = "/t"};
  EXPECT_TRUE(Has(machine,
                  "-netdev user,id=net0,tftp=/t,bootfile=ipxe.efi "
                  "-device virtio-net-pci,netdev=net0,romfile=,bootindex=0"));
}
TEST(QemuCommandLine, NetworkByHttp) {
  Machine machine;
  machine.networking.boot = {.bootfile = "http://10.0.2.2:80/boot.ipxe", .tftp_directory = ""};
  EXPECT_TRUE(Has(machine,
                  "-netdev user,id=net0,bootfile=http://10.0.2.2:80/boot.ipxe "
                  "-device virtio-net-pci,netdev=net0,bootindex=0"));
}
TEST(QemuCommandLine, SmbiosTexts) {
  Machine machine = From(Attach::kVirtio);
  machine.smbios_texts = {"linuxkit.test=1", "a,b"};
  EXPECT_TRUE(Has(machine, "-smbios type=11,value=linuxkit.test=1 -smbios type=11,value=a,,b "));
}

TEST(QemuCommandLine, Aarch64) {
  Machine machine = Direct();
  machine.arch = Arch::kAarch64;
  machine.data_iso = "d";
  EXPECT_TRUE(Has(machine, "-machine virt,gic-version=max -accel tcg,thread=multi -cpu max"));
  EXPECT_TRUE(Has(machine, "-device virtio-scsi-pci,id=scsi"));
  EXPECT_TRUE(Has(machine, "-device scsi-cd,drive=data,bus=scsi.0"));
}
TEST(QemuCommandLine, Kvm) {
  Machine machine = Direct();
  machine.accel = Accel::kKvm;
  EXPECT_TRUE(Has(machine, " -accel kvm -cpu host "));
}
TEST(QemuCommandLine, Detached) {
  Machine machine = Direct();
  machine.console = Console::kFile;
  machine.console_file = "/s/serial.log";
  machine.pid_file = "/s/qemu.pid";
  machine.daemonize = true;
  EXPECT_TRUE(
      Has(machine,
          "-display none -chardev file,id=console,path=/s/serial.log -serial chardev:console"));
  EXPECT_TRUE(Has(machine, "-pidfile /s/qemu.pid -daemonize"));
  EXPECT_FALSE(Has(machine, "mon:"));
}
TEST(QemuCommandLine, Bridge) {
  Machine machine = Direct();
  machine.networking.mode = Networking::Mode::kBridge;
  machine.networking.interface = "br0";
  machine.networking.mac = "52:54:00:01:02:03";
  EXPECT_TRUE(Has(machine,
                  "-netdev bridge,id=net0,br=br0 -device "
                  "virtio-net-pci,netdev=net0,romfile=,mac=52:54:00:01:02:03"));
}
TEST(QemuCommandLine, Tap) {
  Machine machine = Direct();
  machine.networking.mode = Networking::Mode::kTap;
  machine.networking.interface = "tap0";
  EXPECT_TRUE(Has(machine, "-netdev tap,id=net0,ifname=tap0,script=no,downscript=no"));
}
TEST(QemuCommandLine, Virtiofs) {
  Machine machine = Direct();
  machine.share_sockets = {"/s/virtiofs0"};
  machine.mem_mib = 2048;
  EXPECT_TRUE(Has(machine,
                  "-object memory-backend-memfd,id=mem,size=2048M,share=on -numa node,memdev=mem "
                  "-chardev socket,id=virtiofs0,path=/s/virtiofs0 "
                  "-device vhost-user-fs-pci,chardev=virtiofs0,tag=virtiofs0"));
}
TEST(QemuCommandLine, UsbAndDevices) {
  Machine machine = Direct();
  machine.usb = true;
  machine.devices = {"usb-tablet", "edu"};
  EXPECT_TRUE(Has(machine, "-usb -device usb-tablet -device edu"));
}

TEST(ParseArch, Unknown) {
  EXPECT_EQ(ParseArch("mips").status().message(),
            "--arch=mips: unknown architecture; expected x86_64 or aarch64");
}

TEST(ShellQuote, Words) {
  EXPECT_EQ(ShellQuote("a-b_c=1,2:/x.y@z+%"), "a-b_c=1,2:/x.y@z+%");
  EXPECT_EQ(ShellQuote(""), "''");
  EXPECT_EQ(ShellQuote("a b"), "'a b'");
  EXPECT_EQ(ShellQuote("it's $HOME"), "'it'\\''s $HOME'");
}

}  // namespace
}  // namespace linuxkit
