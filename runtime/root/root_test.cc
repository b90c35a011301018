#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/root/block_devices.h"
#include "runtime/root/file_system_type.h"
#include "runtime/root/root_options.h"
#include "runtime/root/verity_target.h"
#include "tools/disk/fields.h"
#include "tools/verity/verity_format.h"

namespace linuxkit {
namespace {

using ::testing::IsEmpty;

const std::string kHash(64, 'a');

absl::StatusOr<RootOptions> Parse(std::string_view line) {
  return ParseRootOptions(KernelCommandLine(line));
}

std::string ErrorOf(std::string_view line) { return std::string(Parse(line).status().message()); }

TEST(RootOptions, Defaults) {
  const RootOptions options = Parse("console=ttyS0 root=/dev/vda").value();
  EXPECT_EQ(options.device, "/dev/vda");
  EXPECT_EQ(options.type, "");
  EXPECT_EQ(options.flags, "");
  EXPECT_EQ(options.file, "");
  EXPECT_EQ(options.init, "");
  EXPECT_EQ(options.wait, std::chrono::seconds(30));
  EXPECT_TRUE(options.overlay);
  EXPECT_FALSE(options.verity.has_value());
}

TEST(RootOptions, EveryWord) {
  const RootOptions options =
      Parse(absl::StrCat("root=PARTLABEL=system rootfstype=ext4 rootflags=noload,errors=panic ",
                         "rootwait=5 init=/bin/init linuxkit.root_file=/root.img ",
                         "linuxkit.root_rw=none linuxkit.verity_root_hash=", std::string(64, 'A'),
                         " linuxkit.verity_hash_offset=8192"))
          .value();
  EXPECT_EQ(options.device, "PARTLABEL=system");
  EXPECT_EQ(options.type, "ext4");
  EXPECT_EQ(options.flags, "noload,errors=panic");
  EXPECT_EQ(options.wait, std::chrono::seconds(5));
  EXPECT_EQ(options.init, "/bin/init");
  EXPECT_EQ(options.file, "/root.img");
  EXPECT_FALSE(options.overlay);
  ASSERT_TRUE(options.verity.has_value());
  EXPECT_EQ(options.verity->root_hash, kHash);
  EXPECT_EQ(options.verity->hash_offset, 8192);
  EXPECT_EQ(options.verity->on_corruption, "panic_on_corruption");
}

TEST(RootOptions, WaitForEver) {
  EXPECT_EQ(Parse("root=/dev/vda rootwait").value().wait, std::nullopt);
}

TEST(RootOptions, OnCorruption) {
  const auto parsed = [](std::string_view action) {
    return Parse(absl::StrCat("root=/dev/vda linuxkit.verity_hash_offset=4096 ",
                              "linuxkit.verity_root_hash=", kHash,
                              " linuxkit.verity_on_corruption=", action));
  };
  EXPECT_EQ(parsed("restart")->verity->on_corruption, "restart_on_corruption");
  EXPECT_EQ(parsed("eio")->verity->on_corruption, "");
  EXPECT_EQ(parsed("ignore").status().message(),
            "linuxkit.verity_on_corruption=ignore: expected panic, restart or eio");
}

// Whoever appended the second one.
TEST(RootOptions, TwoValuesOfAWord) {
  const std::string line = absl::StrCat(
      "root=/dev/vda rootfstype=ext4 rootflags=ro rootwait=5 init=/i linuxkit.root_file=/f "
      "linuxkit.root_rw=none linuxkit.verity_hash_offset=4096 linuxkit.verity_on_corruption=panic "
      "linuxkit.verity_root_hash=",
      kHash);
  EXPECT_EQ(ErrorOf(line), "");
  for (const std::string_view key :
       {"root", "rootfstype", "rootflags", "rootwait", "init", "linuxkit.root_file",
        "linuxkit.root_rw", "linuxkit.verity_hash_offset", "linuxkit.verity_on_corruption",
        "linuxkit.verity_root_hash"}) {
    const std::string first = (*KernelCommandLine(line).Value(key)).value();
    EXPECT_EQ(ErrorOf(absl::StrCat(line, " ", key, "=other")),
              absl::StrCat("found ", key, "=", first, " and ", key,
                           "=other on the kernel command line; expected one of them"));
  }
}

TEST(RootOptions, NoRoot) {
  EXPECT_EQ(ErrorOf("quiet"),
            "found no root= on the kernel command line; expected root=/dev/NAME, PARTUUID=UUID or "
            "PARTLABEL=NAME");
}

TEST(RootOptions, UnknownFormOfRoot) {
  for (const std::string_view root : {"LABEL=x", "vda", "/dev/", "PARTUUID="}) {
    EXPECT_EQ(ErrorOf(absl::StrCat("root=", root)),
              absl::StrCat("root=", root, ": expected /dev/NAME, PARTUUID=UUID or PARTLABEL=NAME"));
  }
}

TEST(RootOptions, WrongValues) {
  EXPECT_EQ(ErrorOf("root=/dev/vda rootwait=long"), "rootwait=long: expected a number of seconds");
  EXPECT_EQ(ErrorOf("root=/dev/vda linuxkit.root_rw=disk"),
            "linuxkit.root_rw=disk: expected none or tmpfs");
  EXPECT_EQ(
      ErrorOf("root=/dev/vda linuxkit.verity_hash_offset=0 linuxkit.verity_root_hash=" + kHash),
      "linuxkit.verity_hash_offset=0: expected a number of bytes above 0");
  EXPECT_EQ(ErrorOf("root=/dev/vda linuxkit.verity_hash_offset=4096 "
                    "linuxkit.verity_root_hash=abc"),
            "linuxkit.verity_root_hash=abc: expected 64 hex digits");
}

// A mistyped word must not lead to a root without protection.
TEST(RootOptions, HalfOfVerity) {
  EXPECT_EQ(ErrorOf("root=/dev/vda linuxkit.verity_hash_offset=4096"),
            "found linuxkit.verity_hash_offset= without linuxkit.verity_root_hash=; expected both");
  EXPECT_EQ(ErrorOf("root=/dev/vda linuxkit.verity_root_hash=" + kHash),
            "found linuxkit.verity_root_hash= without linuxkit.verity_hash_offset=; expected both");
}

class BlockDevicesTest : public ::testing::Test {
 protected:
  BlockDevicesTest() {
    Add("vda", "MAJOR=254\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\nDISKSEQ=9\n");
    Add("vda1", "DEVNAME=vda1\nDEVTYPE=partition\nPARTN=1\nPARTNAME=EFI system\n");
    Add("vda2",
        "DEVNAME=vda2\nDEVTYPE=partition\nPARTN=2\nPARTUUID=4f68bce3-e8cd-4db1-96e7-fbcaf984b709\n"
        "PARTNAME=root\n");
    Add("cciss!c0d0", "DEVNAME=cciss/c0d0\nDEVTYPE=disk\n");
    devices_ = ListBlockDevices(Directory());
  }
  std::string Directory() const {
    return absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void Add(const std::string& name, std::string_view uevent) {
    const std::string path = absl::StrCat(Directory(), "/", name);
    ASSERT_TRUE(MakeEmptyFile(path + "/uevent").ok());
    ASSERT_TRUE(WriteFile(path + "/uevent", uevent).ok());
  }
  std::string Find(std::string_view root) {
    return FindBlockDevice(devices_, root).value_or("none");
  }

  std::vector<BlockDevice> devices_;
};

TEST_F(BlockDevicesTest, EachForm) {
  EXPECT_EQ(Find("/dev/vda"), "/dev/vda");
  EXPECT_EQ(Find("/dev/vda1"), "/dev/vda1");
  EXPECT_EQ(Find("/dev/cciss/c0d0"), "/dev/cciss/c0d0");
  EXPECT_EQ(Find("PARTLABEL=root"), "/dev/vda2");
  EXPECT_EQ(Find("PARTLABEL=EFI system"), "/dev/vda1");
  EXPECT_EQ(Find("PARTUUID=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"), "/dev/vda2");
}

TEST_F(BlockDevicesTest, NotThere) {
  EXPECT_EQ(Find("/dev/sda"), "none");
  EXPECT_EQ(Find("PARTLABEL=Root"), "none");
  EXPECT_EQ(Find("PARTUUID=4F68BCE3"), "none");
}

TEST_F(BlockDevicesTest, Described) {
  EXPECT_EQ(DescribeBlockDevices(devices_),
            "/dev/cciss/c0d0, /dev/vda, /dev/vda1 (PARTLABEL=EFI system), /dev/vda2 "
            "(PARTLABEL=root PARTUUID=4f68bce3-e8cd-4db1-96e7-fbcaf984b709)");
  EXPECT_EQ(DescribeBlockDevices({}), "none");
}

TEST_F(BlockDevicesTest, NoSysfs) { EXPECT_THAT(ListBlockDevices("/no/such"), IsEmpty()); }

TEST(FileSystemType, ByMagic) {
  const auto type_with = [](size_t offset, std::string_view bytes) {
    std::string start(kFileSystemStart, '\0');
    start.replace(offset, bytes.size(), bytes);
    return std::string(FileSystemType(start));
  };
  EXPECT_EQ(type_with(0, "hsqs"), "squashfs");
  EXPECT_EQ(type_with(1024, "\xe2\xe1\xf5\xe0"), "erofs");
  EXPECT_EQ(type_with(1080, "\x53\xef"), "ext4");
  EXPECT_EQ(type_with(32769, "CD001"), "iso9660");
  EXPECT_EQ(type_with(54, "FAT16   "), "vfat");
  EXPECT_EQ(type_with(82, "FAT32   "), "vfat");
  EXPECT_EQ(type_with(1, "hsqs"), "");
}

TEST(FileSystemType, ShortDevice) {
  EXPECT_EQ(FileSystemType(""), "");
  EXPECT_EQ(FileSystemType("hsqs"), "squashfs");
}

VeritySuperblock Superblock() {
  VeritySuperblock superblock = {.signature = kVeritySignature,
                                 .version = uint32_t{1},
                                 .hash_type = uint32_t{1},
                                 .algorithm = TextField<32>("sha256", '\0'),
                                 .data_block_size = kVerityBlock,
                                 .hash_block_size = kVerityBlock,
                                 .data_blocks = uint64_t{129},
                                 .salt_size = uint16_t{2}};
  superblock.salt[0] = 0x0a;
  superblock.salt[1] = 0xbc;
  return superblock;
}

VerityOptions Options() { return {.root_hash = kHash, .hash_offset = 129 * kVerityBlock}; }

TEST(VerityTarget, TableLine) {
  const VerityTarget target = MakeVerityTarget(BytesOf(Superblock()), Options(), "254:0").value();
  EXPECT_EQ(target.sectors, 129 * 8);
  EXPECT_EQ(target.parameters, absl::StrCat("1 254:0 254:0 4096 4096 129 130 sha256 ", kHash,
                                            " 0abc 1 panic_on_corruption"));
}

TEST(VerityTarget, NoSaltAndNoOption) {
  VeritySuperblock superblock = Superblock();
  superblock.salt_size = uint16_t{0};
  VerityOptions options = Options();
  options.on_corruption = "";
  EXPECT_EQ(MakeVerityTarget(BytesOf(superblock), options, "8:1")->parameters,
            absl::StrCat("1 8:1 8:1 4096 4096 129 130 sha256 ", kHash, " -"));
}

std::string TargetError(const VeritySuperblock& superblock,
                        const VerityOptions& options = Options()) {
  return std::string(MakeVerityTarget(BytesOf(superblock), options, "254:0").status().message());
}

TEST(VerityTarget, NoSuperblock) {
  EXPECT_EQ(TargetError(VeritySuperblock()),
            "found no dm-verity superblock at 528384; expected \"verity\" there");
}

TEST(VerityTarget, EndOfTheDevice) {
  EXPECT_EQ(MakeVerityTarget("verity", Options(), "254:0").status().message(),
            "found the end of the device before the dm-verity superblock at 528384");
}

TEST(VerityTarget, OffsetBetweenBlocks) {
  EXPECT_EQ(TargetError(Superblock(), {.root_hash = kHash, .hash_offset = 512}),
            "linuxkit.verity_hash_offset=512: expected a multiple of 4096");
}

TEST(VerityTarget, FieldsOfTheSuperblock) {
  const auto error_with = [](auto VeritySuperblock::* field, auto value) {
    VeritySuperblock superblock = Superblock();
    superblock.*field = value;
    return TargetError(superblock);
  };
  const std::string_view start = "the dm-verity superblock at 528384 has ";
  EXPECT_EQ(error_with(&VeritySuperblock::version, uint32_t{2}),
            absl::StrCat(start, "version 2; expected 1"));
  EXPECT_EQ(error_with(&VeritySuperblock::hash_type, uint32_t{0}),
            absl::StrCat(start, "hash type 0; expected 1"));
  EXPECT_EQ(error_with(&VeritySuperblock::algorithm, TextField<32>("sha512\n", '\0')),
            absl::StrCat(start, "algorithm \"sha512\\n\"; expected sha256"));
  EXPECT_EQ(error_with(&VeritySuperblock::data_block_size, uint32_t{512}),
            absl::StrCat(start, "data block size 512; expected 4096"));
  EXPECT_EQ(error_with(&VeritySuperblock::hash_block_size, uint32_t{512}),
            absl::StrCat(start, "hash block size 512; expected 4096"));
  EXPECT_EQ(error_with(&VeritySuperblock::salt_size, uint16_t{257}),
            absl::StrCat(start, "salt size 257; expected at most 256"));
  EXPECT_EQ(error_with(&VeritySuperblock::data_blocks, uint64_t{130}),
            absl::StrCat(start, "data blocks 130; expected 129, all that is before it"));
}

}  // namespace
}  // namespace linuxkit
