// mkiso by its flags; xorriso and mtools see what is in the images.
#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/disk/testing.h"
#include "tools/iso/testing.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// What the program prints, paths in it as short as names.
std::string Make(std::string_view flags) {
  return absl::StrReplaceAll(
      OutputOf(absl::StrCat("tools/iso/mkiso ", flags, " --output=", TestPath("iso"))),
      {{TestPath(""), ""}});
}

std::string BiosFlags() {
  return absl::StrCat("--bios_program=", TestFile("isolinux.bin", FakeIsolinux()),
                      " --bios_mbr=", TestFile("isohdpfx.bin", std::string(432, 'M')));
}

std::string Xorriso(std::string_view commands) {
  return OutputOf(absl::StrCat("TZ=UTC xorriso -no_rc -indev ", TestPath("iso"), " ", commands));
}

TEST(MkisoTest, FilesAndTexts) {
  ASSERT_EQ(Make(absl::StrCat("--volume_id=SYSTEM --time=1492533000 --file=/data/a=",
                              TestFile("a", "content"), " '--text=b.txt=one\\ntwo\\n'")),
            "");
  EXPECT_THAT(Xorriso("-find / -exec lsdl --"),
              AllOf(HasSubstr("Volume id    : 'SYSTEM'"),
                    ContainsRegex("-r--r--r-- .* 7 Apr 18  2017 '/data/a'\n"),
                    ContainsRegex("-r--r--r-- .* 8 Apr 18  2017 '/b.txt'\n")));
}

// The EFI system partition is the image's second boot entry, and begins at a MiB.
TEST(MkisoTest, BootsBothWays) {
  ASSERT_EQ(Make(absl::StrCat(BiosFlags(), " --efi_file=/EFI/BOOT/BOOTX64.EFI=",
                              TestFile("loader", "the loader"), " --efi_text=loader.conf=timeout")),
            "");
  EXPECT_THAT(Xorriso("-report_el_torito plain"),
              AllOf(HasSubstr("boot img :   1  BIOS"), HasSubstr("boot img :   2  UEFI"),
                    HasSubstr("img path :   1  /isolinux/isolinux.bin")));
  EXPECT_THAT(Xorriso("-find / -type f"),
              AllOf(HasSubstr("'/isolinux/isolinux.bin'"), Not(HasSubstr("loader"))));
  EXPECT_EQ(OutputOf(absl::StrCat("MTOOLSRC=/dev/null mtype -i ", TestPath("iso"),
                                  "@@1M ::/EFI/BOOT/BOOTX64.EFI ::/loader.conf")),
            "the loadertimeout");
}

TEST(MkisoTest, TypeOfTheEfiSystemPartition) {
  const std::string loader = TestFile("loader", "the loader");
  for (const std::string type : {"16", "32"}) {
    ASSERT_EQ(Make(absl::StrCat("--efi_fat=", type, " --efi_file=/loader=", loader)), "");
    EXPECT_EQ(OutputOf(absl::StrCat("blkid -p -O 1048576 -o value -s VERSION ", TestPath("iso"))),
              absl::StrCat("FAT", type, "\n"));
  }
  EXPECT_EQ(Make("--efi_fat=12"), "mkiso: --efi_fat=12: expected 16 or 32\nexit status 1\n");
}

TEST(MkisoTest, GrubInsteadOfIsolinux) {
  const std::string flags = absl::StrCat(
      " --bios_path=/grub/boot.img --bios_mbr=", TestFile("boot_hybrid.img", std::string(512, 'M')),
      " --bios_program=", TestFile("boot.img", std::string(4000, 'G')));
  ASSERT_EQ(Make("--bios_loader=grub" + flags), "");
  EXPECT_THAT(Xorriso("-report_el_torito plain"),
              AllOf(HasSubstr("img path :   1  /grub/boot.img"),
                    HasSubstr("boot-info-table grub2-boot-info")));
  EXPECT_THAT(Make(flags), HasSubstr("mkiso: boot.img has 0x47474747 at byte 64; expected"));
}

TEST(MkisoTest, InitrdThatNoBiosLoads) {
  const std::string initrd = TestFile("initrd", "");
  ASSERT_EQ(truncate(initrd.c_str(), (off_t{2047} << 20) + 1), 0);
  EXPECT_EQ(Make(absl::StrCat("--file=/boot/initrd.img=", initrd, " ", BiosFlags())),
            "mkiso: initrd has 2146435073 bytes; a BIOS boot program loads an initrd of at most "
            "2146435072. Boot by UEFI alone, or from a root file system (squashfs, EROFS)\n"
            "exit status 1\n");
}

TEST(MkisoTest, FlagsThatMeanNothing) {
  EXPECT_EQ(Make("--bios_program=isolinux.bin"),
            "mkiso: --bios_program and --bios_mbr need each other\nexit status 1\n");
  EXPECT_EQ(Make("--bios_loader=lilo"),
            "mkiso: --bios_loader=lilo: expected isolinux or grub\nexit status 1\n");
  EXPECT_EQ(Make("--file==x"), "mkiso: --file==x: expected --file=PATH=FILE\nexit status 1\n");
  EXPECT_EQ(Make("--file=/a="), "mkiso: --file=/a=: expected --file=PATH=FILE\nexit status 1\n");
  EXPECT_EQ(Make("--efi_text=x"),
            "mkiso: --efi_text=x: expected --efi_text=PATH=TEXT\nexit status 1\n");
}

}  // namespace
}  // namespace linuxkit
