#include "tools/qemu/boot_format.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

BootSource Source(std::string_view format, std::vector<std::string> files) {
  return {.format = *FindBootFormat("--boot", format), .files = std::move(files)};
}

// As the image's rule describes it, before what boots is decided.
Machine Image() {
  Machine machine;
  machine.kernel = "k";
  machine.initrd = "i";
  machine.cmdline = "console=ttyS0";
  return machine;
}

Machine Described(const BootSource& source) {
  Machine machine = Image();
  const absl::Status status = DescribeBoot(source, "/state", machine);
  EXPECT_EQ(status, absl::OkStatus());
  return machine;
}
std::string ErrorOf(const BootSource& source, Machine machine = Image()) {
  return std::string(DescribeBoot(source, "/state", machine).message());
}

struct Case {
  std::string format;
  std::string disk_format;
  Attach attach;
  FirmwareChoice firmware;
};
class Media : public testing::TestWithParam<Case> {};
TEST_P(Media, AreWhatTheFirmwareBoots) {
  const BootSource source = Source(GetParam().format, {"m"});
  const Machine machine = Described(source);
  EXPECT_EQ(machine.kernel + machine.initrd + machine.cmdline, "");
  EXPECT_EQ(*machine.medium, (Medium{"m", GetParam().disk_format, GetParam().attach}));
  EXPECT_EQ(source.firmware_choice(), GetParam().firmware);
}
constexpr FirmwareChoice kSeaBios = FirmwareChoice::kSeaBios;
constexpr FirmwareChoice kOvmf = FirmwareChoice::kOvmf;
INSTANTIATE_TEST_SUITE_P(BootFormat, Media,
                         testing::Values(Case{"iso", "raw", Attach::kCd, kSeaBios},
                                         Case{"iso-bios", "raw", Attach::kCd, kSeaBios},
                                         Case{"iso-efi", "raw", Attach::kCd, kOvmf},
                                         Case{"raw", "raw", Attach::kVirtio, kSeaBios},
                                         Case{"raw-bios", "raw", Attach::kVirtio, kSeaBios},
                                         Case{"raw-efi", "raw", Attach::kVirtio, kOvmf},
                                         Case{"qcow2", "qcow2", Attach::kVirtio, kSeaBios},
                                         Case{"qcow2-bios", "qcow2", Attach::kVirtio, kSeaBios},
                                         Case{"qcow2-efi", "qcow2", Attach::kVirtio, kOvmf},
                                         Case{"vmdk", "vmdk", Attach::kVirtio, kSeaBios},
                                         Case{"vhd", "vpc", Attach::kVirtio, kSeaBios},
                                         Case{"dynamic-vhd", "vpc", Attach::kVirtio, kSeaBios},
                                         Case{"vhdx", "vhdx", Attach::kVirtio, kSeaBios},
                                         Case{"vdi", "vdi", Attach::kVirtio, kSeaBios}));

TEST(DescribeBoot, KernelAndInitrd) {
  for (const BootSource& source : {BootSource{}, Source("kernel+initrd", {})}) {
    const Machine machine = Described(source);
    EXPECT_EQ(machine.kernel, "k");
    EXPECT_EQ(machine.initrd, "i");
    EXPECT_FALSE(machine.medium.has_value());
  }
}
TEST(DescribeBoot, AttachedOtherwise) {
  BootSource source = Source("iso", {"m"});
  source.attach = Attach::kUsb;
  EXPECT_EQ(*Described(source).medium, (Medium{"m", "raw", Attach::kUsb}));
}
TEST(DescribeBoot, UkiLiesOnAPartition) {
  EXPECT_EQ(*Described(Source("uki", {"m.efi"})).medium,
            (Medium{"/state/esp.img", "raw", Attach::kVirtio}));
}
TEST(DescribeBoot, RootFileSystem) {
  const Machine machine = Described(Source("squashfs", {"x-squashfs.img"}));
  EXPECT_EQ(machine.kernel, "k");
  EXPECT_EQ(machine.cmdline, "console=ttyS0 root=/dev/vda");
  EXPECT_EQ(*machine.medium, (Medium{"x-squashfs.img", "raw", Attach::kVirtio}));
}
struct System {
  BootSource source;
  std::string kernel = "k";
  std::string initrd = "i";
  std::string cmdline_file = "c";

  explicit System(BootSource boot) : source(std::move(boot)) {
    TakeSystemFiles(source, kernel, initrd, cmdline_file);
  }
};
TEST(TakeSystemFiles, OfARootFileSystem) {
  const System system(Source("erofs", {"x-kernel", "x-initrd.img", "x-erofs.img", "x-cmdline"}));
  EXPECT_EQ(system.kernel, "x-kernel");
  EXPECT_EQ(system.initrd, "x-initrd.img");
  EXPECT_EQ(system.cmdline_file, "x-cmdline");
  EXPECT_EQ(system.source.files, std::vector<std::string>{"x-erofs.img"});
}
TEST(TakeSystemFiles, RootFileSystemAlone) {
  const System system(Source("erofs", {"x-erofs.img"}));
  EXPECT_EQ(system.kernel, "k");
  EXPECT_EQ(system.initrd, "");
  EXPECT_EQ(system.cmdline_file, "c");
}
TEST(TakeSystemFiles, OtherFormatsKeepTheirs) {
  const System system(Source("netboot", {"boot.ipxe", "x-kernel"}));
  EXPECT_EQ(system.initrd, "i");
  EXPECT_EQ(system.source.files, (std::vector<std::string>{"boot.ipxe", "x-kernel"}));
}
TEST(DescribeBoot, RootThatTheCommandLineNames) {
  Machine machine = Image();
  machine.cmdline = "quiet root=LABEL=x";
  ASSERT_EQ(DescribeBoot(Source("erofs", {"e"}), "", machine), absl::OkStatus());
  EXPECT_EQ(machine.cmdline, "quiet root=LABEL=x");
}
TEST(DescribeBoot, NamesOfRootDevices) {
  for (const auto& [attach, device] :
       {std::pair(Attach::kCd, "/dev/sr0"), std::pair(Attach::kUsb, "/dev/sda"),
        std::pair(Attach::kIde, "/dev/sda"), std::pair(Attach::kNvme, "/dev/nvme0n1"),
        std::pair(Attach::kScsi, "/dev/sda"), std::pair(Attach::kVirtio, "/dev/vda")}) {
    BootSource source = Source("erofs", {"e"});
    source.attach = attach;
    EXPECT_EQ(Described(source).cmdline, absl::StrCat("console=ttyS0 root=", device));
  }
  EXPECT_EQ(Described(Source("kernel+iso", {"e"})).cmdline, "console=ttyS0 root=/dev/sr0");
}
TEST(DescribeBoot, Network) {
  const Machine machine = Described(Source("netboot", {"boot.ipxe", "kernel"}));
  EXPECT_EQ(machine.kernel, "");
  EXPECT_FALSE(machine.medium.has_value());
  EXPECT_EQ(machine.networking.boot, (NetworkBoot{"boot.ipxe", "/state/netboot"}));
}
TEST(DescribeBoot, NetworkWithoutUserNetworking) {
  Machine machine = Image();
  machine.networking.mode = Networking::Mode::kNone;
  EXPECT_EQ(ErrorOf(Source("netboot", {"boot.ipxe"}), machine),
            "boot format netboot: needs --networking=user or restricted, whose DHCP server names "
            "what to boot");
}
TEST(DescribeBoot, NetworkWithUefi) {
  Machine machine = Image();
  machine.firmware.code = "c";
  ASSERT_EQ(DescribeBoot(Source("netboot", {"boot.ipxe", "ipxe.efi"}), "/state", machine),
            absl::OkStatus());
  EXPECT_EQ(machine.networking.boot, (NetworkBoot{"ipxe.efi", "/state/netboot"}));
}
TEST(DescribeBoot, NetworkByAnotherLoader) {
  BootSource source = Source("netboot", {"pxelinux.0"});
  source.bootfile = "pxelinux.0";
  EXPECT_EQ(Described(source).networking.boot, (NetworkBoot{"pxelinux.0", "/state/netboot"}));
}
TEST(DescribeBoot, MoreThanOneFile) {
  EXPECT_EQ(ErrorOf(Source("iso", {"a", "b"})),
            "boot format iso: found 2 files (a, b), expected one");
}
TEST(DescribeBoot, NoRootFileSystem) {
  EXPECT_EQ(ErrorOf(Source("erofs", {})), "boot format erofs: found 0 files (), expected one");
}
TEST(DescribeBoot, DiskAsCd) {
  BootSource source = Source("qcow2", {"a"});
  source.attach = Attach::kCd;
  EXPECT_EQ(ErrorOf(source), "boot format qcow2: is a disk, and cannot be attached as cd");
}

std::string TestFile(std::string_view name, std::string_view content) {
  std::string path = absl::StrCat(testing::TempDir(), "/", name);
  EXPECT_EQ(WriteFile(path, content), absl::OkStatus());
  return path;
}

TEST(MakeBootParts, EspHasTheProgramAtItsPlace) {
  const BootSource source = Source("uki", {TestFile("x.efi", "MZ the program")});
  Machine machine = Image();
  ASSERT_EQ(DescribeBoot(source, testing::TempDir(), machine), absl::OkStatus());
  ASSERT_EQ(MakeBootParts(source, machine), absl::OkStatus());
  const std::string disk = *ReadFile(machine.medium->file);
  EXPECT_NE(disk.find("MZ the program"), std::string::npos);
  EXPECT_NE(disk.find("BOOTX64 EFI"), std::string::npos);
}
TEST(MakeBootParts, NetbootDirectoryHasTheFilesUnderTheirNames) {
  const std::string directory = absl::StrCat(testing::TempDir(), "/more");
  std::filesystem::create_directories(directory);
  const BootSource source =
      Source("netboot", {TestFile("boot.ipxe", "#!ipxe"), TestFile("kernel", "k"), directory});
  ASSERT_EQ(WriteFile(absl::StrCat(directory, "/initrd.img"), "i"), absl::OkStatus());
  Machine machine = Image();
  ASSERT_EQ(DescribeBoot(source, testing::TempDir(), machine), absl::OkStatus());
  // Twice: it replaces what an earlier run left.
  ASSERT_EQ(MakeBootParts(source, machine), absl::OkStatus());
  ASSERT_EQ(MakeBootParts(source, machine), absl::OkStatus());
  const std::string& served = machine.networking.boot.tftp_directory;
  EXPECT_EQ(*ReadFile(absl::StrCat(served, "/boot.ipxe")), "#!ipxe");
  EXPECT_EQ(*ReadFile(absl::StrCat(served, "/kernel")), "k");
  EXPECT_EQ(*ReadFile(absl::StrCat(served, "/initrd.img")), "i");
  EXPECT_EQ(*ReadFile(absl::StrCat(served, "/autoexec.ipxe")), "#!ipxe");
}
TEST(MakeBootParts, NetbootFilesBesideTheScriptKeepTheirPaths) {
  std::filesystem::create_directories(absl::StrCat(testing::TempDir(), "/net/pxelinux.cfg"));
  const BootSource source =
      Source("netboot", {TestFile("pxelinux.0", "loader"), TestFile("net/boot.ipxe", "#!ipxe"),
                         TestFile("net/pxelinux.cfg/default", "LABEL linux")});
  Machine machine = Image();
  ASSERT_EQ(DescribeBoot(source, absl::StrCat(testing::TempDir(), "/paths"), machine),
            absl::OkStatus());
  ASSERT_EQ(MakeBootParts(source, machine), absl::OkStatus());
  const std::string& served = machine.networking.boot.tftp_directory;
  EXPECT_EQ(*ReadFile(absl::StrCat(served, "/pxelinux.cfg/default")), "LABEL linux");
  EXPECT_EQ(*ReadFile(absl::StrCat(served, "/pxelinux.0")), "loader");
}
TEST(MakeBootParts, NetbootByUefiWithoutIpxe) {
  const BootSource source = Source("netboot", {TestFile("boot.ipxe", "#!ipxe")});
  Machine machine = Image();
  machine.firmware.code = "c";
  ASSERT_EQ(DescribeBoot(source, absl::StrCat(testing::TempDir(), "/efi"), machine),
            absl::OkStatus());
  EXPECT_EQ(MakeBootParts(source, machine).message(),
            "network boot: found no ipxe.efi among its files, which is what the firmware loads");
}
TEST(MakeBootParts, NetbootWithoutScript) {
  const BootSource source = Source("netboot", {TestFile("kernel", "k")});
  Machine machine = Image();
  ASSERT_EQ(DescribeBoot(source, absl::StrCat(testing::TempDir(), "/none"), machine),
            absl::OkStatus());
  EXPECT_EQ(MakeBootParts(source, machine).message(),
            "network boot: found no boot.ipxe among its files, which is what the firmware loads");
}
TEST(MakeBootParts, TwoFilesOfOneName) {
  const std::string kernel = TestFile("kernel", "k");
  Machine machine = Image();
  const BootSource source = Source("netboot", {kernel, kernel});
  const std::string state = absl::StrCat(testing::TempDir(), "/twice");
  ASSERT_EQ(DescribeBoot(source, state, machine), absl::OkStatus());
  EXPECT_EQ(MakeBootParts(source, machine).message(),
            absl::StrCat("network boot: cannot serve ", kernel, " as kernel: File exists"));
}

}  // namespace
}  // namespace linuxkit
