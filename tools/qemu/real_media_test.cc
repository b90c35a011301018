// The real firmware and a real medium, an ISO image that tools/iso wrote: what is attached is what
// boots, the guest gets its nonce, and firmware that finds nothing or refuses says so.
#include <chrono>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/qemu/testdata/real_guest.h"

namespace linuxkit {
namespace {

constexpr std::string_view kIsolinux = "/usr/lib/ISOLINUX";
constexpr std::string_view kBootManager = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi";

bool Exists(const std::string& path) { return std::ifstream(path).good(); }

class RealMedia : public RealGuest {
 protected:
  void SetUp() override {
    RealGuest::SetUp();
    if (IsSkipped()) return;
    if (!Exists(absl::StrCat(kIsolinux, "/isolinux.bin")) || !Exists(std::string(kBootManager)) ||
        !Exists("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd")) {
      GTEST_SKIP() << "needs ISOLINUX, systemd-boot and OVMF, which the build root has";
    }
  }
  // test_init on a medium for both firmwares.
  void MakeIso() {
    PackTestInit();
    Shell(absl::StrCat(
        "tools/iso/mkiso --output=", Path("iso"), " --bios_program=", kIsolinux,
        "/isolinux.bin --bios_mbr=", kIsolinux, "/isohdpfx.bin --file=/isolinux/ldlinux.c32=",
        "/usr/lib/syslinux/modules/bios/ldlinux.c32 --text='/isolinux/isolinux.cfg=",
        "SERIAL 0\\nDEFAULT linux\\nLABEL linux\\nKERNEL /kernel\\nINITRD /initrd\\n",
        "APPEND console=ttyS0' --file=/kernel=", Path("vmlinuz"),
        " --file=/initrd=", Path("initrd"), " --efi_file=/kernel=", Path("vmlinuz"),
        " --efi_file=/initrd=", Path("initrd"), " --efi_file=/EFI/BOOT/BOOTX64.EFI=", kBootManager,
        " --efi_text='/loader/loader.conf=timeout 0\\n' '--efi_text=/loader/entries/x.conf=",
        "title x\\nlinux /kernel\\ninitrd /initrd\\noptions console=ttyS0\\n'"));
  }
  std::string Plan(std::string_view boot, std::string_view file, std::string_view rest) const {
    return absl::StrCat(R"({"arch": "x86_64", "mem": 512, "boot": ")", boot,
                        R"(", "boot_files": [")", Path(file), R"("], )", rest, "}");
  }
  std::string BootIso(std::string_view attach, std::string_view firmware) {
    MakeIso();
    return Boot(Plan("iso", "iso",
                     absl::StrCat(R"("attach": ")", attach, R"(", "firmware": ")", firmware,
                                  R"(", "expect": ["^test_init is up$"],
                                  "commands": [{"shell": "hello", "expect": "hello$"}])")));
  }
  std::string BootFromNetwork() {
    PackTestInit();
    Shell(
        absl::StrCat("printf '#!ipxe\\ninitrd initrd\\nkernel vmlinuz initrd=initrd console=ttyS0",
                     "\\nboot\\n' > ", Path("boot.ipxe")));
    return Boot(
        absl::StrCat(R"({"arch": "x86_64", "mem": 512, "boot": "netboot", "boot_files": [")",
                     Path("boot.ipxe"), R"(", ")", Path("vmlinuz"), R"(", ")", Path("initrd"),
                     R"("], "expect": ["^test_init is up$"]})"));
  }
  void MakeEmptyDisk() { Shell(absl::StrCat("truncate -s 4M ", Path("empty"))); }
};

TEST_F(RealMedia, CdWithSeaBios) { EXPECT_EQ(BootIso("cd", "seabios"), "OK"); }
TEST_F(RealMedia, UsbWithSeaBios) { EXPECT_EQ(BootIso("usb", "seabios"), "OK"); }
TEST_F(RealMedia, CdWithOvmf) { EXPECT_EQ(BootIso("cd", "ovmf"), "OK"); }
TEST_F(RealMedia, UsbWithOvmf) { EXPECT_EQ(BootIso("usb", "ovmf"), "OK"); }
TEST_F(RealMedia, NvmeWithOvmf) { EXPECT_EQ(BootIso("nvme", "ovmf"), "OK"); }

// iPXE in the card's ROM, served by QEMU's TFTP.
TEST_F(RealMedia, NetworkWithSeaBios) { EXPECT_EQ(BootFromNetwork(), "OK"); }

TEST_F(RealMedia, NothingBootableForSeaBios) {
  MakeEmptyDisk();
  EXPECT_EQ(Boot(Plan("raw", "empty", R"("expect": ["never"])")),
            "FAIL [firmware]: the firmware found nothing to boot: No bootable device.");
}
TEST_F(RealMedia, NothingBootableForOvmf) {
  MakeEmptyDisk();
  const std::string verdict = Boot(Plan("raw-efi", "empty", R"("expect": ["never"])"));
  // The end of the line may not have come yet.
  EXPECT_TRUE(verdict.starts_with(
      "FAIL [firmware]: the firmware found nothing to boot: BdsDxe: No bootable "
      "option or device was found"))
      << verdict;
}

// The kernel has no signature that the enrolled keys know.
TEST_F(RealMedia, UnsignedProgramIsRefused) {
  const std::string refusal = R"("firmware": "ovmf-secureboot", "refused": ["Access Denied"])";
  EXPECT_EQ(Boot(Plan("uki", "vmlinuz", refusal)), "OK");
}

}  // namespace
}  // namespace linuxkit
