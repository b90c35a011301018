// mkdisk by its flags; sgdisk, mtools, qemu-img and GNU tar judge the disks.
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr uint64_t kMib = 1 << 20;

// Makes NAME with those flags and one file; what the program prints, paths in it as short as names.
std::string Make(std::string_view name, std::string_view flags) {
  const std::string loader = TestFile("loader", "the loader");
  return absl::StrReplaceAll(
      OutputOf(absl::StrCat("tools/mkdisk/mkdisk --file=/EFI/BOOT/BOOTX64.EFI=", loader, " ", flags,
                            " --output=", TestPath(name))),
      {{TestPath(""), ""}});
}

// Flags for files that look like GRUB's.
std::string GrubFlags() {
  std::string boot(512, 'B');
  boot.replace(0x66, 2, "\xeb\x05");
  std::string core(1300, 'C');
  core.replace(500, 12, std::string("\2\0\0\0\0\0\0\0\0\0\x20\x08", 12));
  return absl::StrCat("--grub_boot=", TestFile("boot.img", boot),
                      " --grub_core=", TestFile("core.img", core));
}

std::string Sgdisk(std::string_view flag, std::string_view name) {
  return OutputOf(absl::StrCat("sgdisk ", flag, " ", TestPath(name)));
}

TEST(MkdiskTest, RawGptUnlessToldOtherwise) {
  ASSERT_EQ(Make("disk", ""), "");
  EXPECT_THAT(Sgdisk("-v", "disk"), HasSubstr("No problems found"));
  EXPECT_THAT(Sgdisk("-p", "disk"),
              AllOf(HasSubstr(": 135168 sectors, 66.0 MiB"),
                    ContainsRegex("\n   1 +2048 +133119 +64.0 MiB +EF00  EFI System Partition")));
}

TEST(MkdiskTest, MbrWithGrub) {
  ASSERT_EQ(Make("disk", "--table=mbr " + GrubFlags()), "");
  EXPECT_THAT(Sgdisk("-p", "disk"), HasSubstr("Found invalid GPT and valid MBR"));
}

TEST(MkdiskTest, QemuFindsTheSameDiskInEveryFormat) {
  ASSERT_EQ(Make("raw", "--format=raw"), "");
  for (const auto& [format, name] :
       std::vector<std::pair<std::string, std::string>>{{"qcow2", "qcow2"},
                                                        {"compressed_qcow2", "qcow2"},
                                                        {"vmdk", "vmdk"},
                                                        {"vhd", "vpc"},
                                                        {"dynamic_vhd", "vpc"},
                                                        {"vhdx", "vhdx"},
                                                        {"vdi", "vdi"}}) {
    ASSERT_EQ(Make("image", absl::StrCat("--threads=2 --format=", format)), "");
    EXPECT_EQ(OutputOf(absl::StrCat("qemu-img compare -f raw -F ", name, " ", TestPath("raw"), " ",
                                    TestPath("image"))),
              "Images are identical.\n")
        << format;
  }
}

TEST(MkdiskTest, FormatsOfOneFamilyDiffer) {
  const auto size = [](std::string_view format) {
    EXPECT_EQ(Make("image", absl::StrCat("--format=", format)), "");
    return InputFile::Open(TestPath("image"))->size();
  };
  EXPECT_EQ(size("vhd"), 66 * kMib + 512);
  EXPECT_LT(size("dynamic_vhd"), 66 * kMib);
  const uint64_t plain = size("qcow2");
  EXPECT_LT(size("compressed_qcow2"), plain);
  // What QEMU before 5.1 reads, too.
  EXPECT_THAT(OutputOf("qemu-img info " + TestPath("image")), HasSubstr("compression type: zlib"));
}

TEST(MkdiskTest, VmdkKnowsItsName) {
  ASSERT_EQ(Make("image", "--format=vmdk --name=system"), "");
  EXPECT_EQ(OutputOf(absl::StrCat("grep -a SPARSE ", TestPath("image"))),
            "RDONLY 135168 SPARSE \"system.vmdk\"\n");
}

TEST(MkdiskTest, OvaHasNameTimeAndFirmware) {
  ASSERT_EQ(Make("image", "--format=ova --name=system --time=1492533000"), "");
  EXPECT_EQ(OutputOf(absl::StrCat("TZ=UTC tar -tvf ", TestPath("image"),
                                  " | sed 's/  */ /g' | cut -d ' ' -f 4-")),
            "2017-04-18 16:30 system.ovf\n2017-04-18 16:30 system.mf\n"
            "2017-04-18 16:30 system.vmdk\n");
  const std::string firmware =
      absl::StrCat("tar -xOf ", TestPath("image"), " system.ovf | grep -o 'firmware.*'");
  EXPECT_EQ(OutputOf(firmware), "firmware\" vmw:value=\"efi\"/>\n");
  ASSERT_EQ(Make("image", "--format=ova --name=system --table=mbr " + GrubFlags()), "");
  EXPECT_EQ(OutputOf(firmware), "firmware\" vmw:value=\"bios\"/>\n");
}

// A disk of whole GiB, with the backup of its table at its end.
TEST(MkdiskTest, GcpHasWholeGibAndTheTime) {
  for (const std::string unit : {"3", "2048"}) {
    ASSERT_EQ(Make("image", "--format=gcp --time=1492533000 --size_unit=" + unit), "");
    const std::string size = unit == "3" ? "1073741824" : "2147483648";
    EXPECT_EQ(OutputOf(absl::StrCat("TZ=UTC tar -tvzf ", TestPath("image"), " | sed 's/  */ /g'")),
              absl::StrCat("-rw-r--r-- 0/0 ", size, " 2017-04-18 16:30 disk.raw\n"));
    EXPECT_EQ(OutputOf(absl::StrCat("mkdir -p ", TestPath("out"), " && tar -C ", TestPath("out"),
                                    " -xSzf ", TestPath("image"))),
              "");
    EXPECT_THAT(Sgdisk("-v", "out/disk.raw"), HasSubstr("No problems found"));
  }
}

TEST(MkdiskTest, SizeIsRoundedUpToAUnit) {
  ASSERT_EQ(Make("disk", "--size_unit=100"), "");
  EXPECT_THAT(Sgdisk("-p", "disk"), HasSubstr(": 204800 sectors, 100.0 MiB"));
}

TEST(MkdiskTest, LabelAndTimesOfFiles) {
  ASSERT_EQ(Make("disk", "--label=SYSTEM --time=1492533000"), "");
  EXPECT_THAT(
      OutputOf(absl::StrCat("MTOOLSRC=/dev/null mdir -i ", TestPath("disk"), "@@1M ::/EFI/BOOT")),
      AllOf(HasSubstr(" Volume in drive : is SYSTEM"),
            ContainsRegex("BOOTX64  EFI +10 2017-04-18  16:30")));
}

TEST(MkdiskTest, DataPartitionsThenImages) {
  const std::string image = TestFile("a=b", "the image");
  ASSERT_EQ(Make("disk", absl::StrCat("--data_image=image=", image, " --data=state=10 --size=120")),
            "");
  EXPECT_THAT(Sgdisk("-p", "disk"),
              AllOf(ContainsRegex("\n   2 +133120 +153599 +10.0 MiB +8300  state"),
                    ContainsRegex("\n   3 +153600 +243711 +44.0 MiB +8300  image")));
  EXPECT_EQ(ReadFile(TestPath("disk"), 120 * kMib)->substr(75 * kMib, 9), "the image");
}

TEST(MkdiskTest, InitrdThatNoBiosLoads) {
  const std::string initrd = TestFile("initrd", "");
  ASSERT_EQ(truncate(initrd.c_str(), (off_t{2047} << 20) + 1), 0);
  EXPECT_EQ(Make("disk", absl::StrCat("--file=/boot/initrd.img=", initrd, " ", GrubFlags())),
            "mkdisk: initrd has 2146435073 bytes; a BIOS boot program loads an initrd of at most "
            "2146435072. Boot by UEFI alone, or from a root file system (squashfs, EROFS)\n"
            "exit status 1\n");
}

TEST(MkdiskTest, FlagsThatMeanNothing) {
  EXPECT_EQ(Make("disk", "--format=iso"),
            "mkdisk: --format=iso: expected one of raw, qcow2, compressed_qcow2, vmdk, ova, vhd, "
            "dynamic_vhd, vhdx, vdi, gcp\nexit status 1\n");
  EXPECT_EQ(Make("disk", "--table=bsd"),
            "mkdisk: --table=bsd: expected gpt or mbr\nexit status 1\n");
  EXPECT_EQ(Make("disk", "--grub_core=core.img"),
            "mkdisk: --grub_boot and --grub_core need each other\nexit status 1\n");
  EXPECT_EQ(Make("disk", "--size=1G"),
            "mkdisk: --size=1G: expected a number of MiB\nexit status 1\n");
  EXPECT_EQ(Make("disk", "--boot_size=17592186044416"),
            "mkdisk: --boot_size=17592186044416: expected a number of MiB\nexit status 1\n");
  EXPECT_EQ(Make("disk", "--data=state"),
            "mkdisk: --data=state: expected --data=NAME=SIZE\nexit status 1\n");
}

}  // namespace
}  // namespace linuxkit
