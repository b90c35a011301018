#include "tools/qemu/disk.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

std::string ErrorOf(std::string_view text) {
  return std::string(ParseDiskSpec(text).status().message());
}

DiskSpec Disk(std::string file, int64_t mib, std::string format) {
  return {.file = std::move(file), .size_mib = mib, .format = std::move(format)};
}

TEST(ParseDiskSpec, SizeWithoutSuffixIsGigabytes) {
  EXPECT_EQ(*ParseDiskSpec("size=4"), Disk("", 4096, ""));
}
TEST(ParseDiskSpec, Gigabytes) { EXPECT_EQ(*ParseDiskSpec("size=4G"), Disk("", 4096, "")); }
TEST(ParseDiskSpec, Megabytes) { EXPECT_EQ(*ParseDiskSpec("size=512M"), Disk("", 512, "")); }
TEST(ParseDiskSpec, BarePath) { EXPECT_EQ(*ParseDiskSpec("a.img"), Disk("a.img", 0, "")); }
TEST(ParseDiskSpec, Everything) {
  EXPECT_EQ(*ParseDiskSpec("file=a=b.img,size=1G,format=raw"), Disk("a=b.img", 1024, "raw"));
}
TEST(ParseDiskSpec, UnknownKey) {
  EXPECT_EQ(ErrorOf("path=a"),
            "--disk=path=a: unknown key \"path\"; expected file=, size= or format=");
}
TEST(ParseDiskSpec, BadSize) {
  EXPECT_EQ(ErrorOf("size=4T"),
            "--disk=size=4T: size \"4T\" is not a size; expected a whole number with M or G, for "
            "example size=512M (no suffix means G)");
}
TEST(ParseDiskSpec, NeitherFileNorSize) {
  EXPECT_EQ(ErrorOf("format=raw"),
            "--disk=format=raw: has neither a file nor a size; expected for example size=4G");
}
TEST(ParseDiskSpec, EmptyPart) {
  EXPECT_EQ(ErrorOf("a.img,"), "--disk=a.img,: \"\" is empty; expected file=, size= or format=");
}

TEST(ParseDiskSpec, CommaInAPath) {
  EXPECT_EQ(*ParseDiskSpec("dir,,1/a.img,size=10M"), Disk("dir,1/a.img", 10, ""));
  EXPECT_EQ(*ParseDiskSpec("file=,,,,a,,,size=1G"), Disk(",,a,", 1024, ""));
}
TEST(ParseDiskSpec, RepeatedKey) {
  EXPECT_EQ(ErrorOf("a.img,b.img,size=10M"),
            "--disk=a.img,b.img,size=10M: found file twice, \"a.img\" and \"b.img\"; expected it "
            "once (a comma in a path is written twice: \",,\")");
  EXPECT_EQ(ErrorOf("dir,1/a.img,size=10M"),
            "--disk=dir,1/a.img,size=10M: found file twice, \"dir\" and \"1/a.img\"; expected it "
            "once (a comma in a path is written twice: \",,\")");
  EXPECT_EQ(ErrorOf("a.img,file=a.img"),
            "--disk=a.img,file=a.img: found file twice, \"a.img\" and \"a.img\"; expected it once "
            "(a comma in a path is written twice: \",,\")");
  EXPECT_EQ(ErrorOf("size=1G,size=2G"),
            "--disk=size=1G,size=2G: found size twice, \"1G\" and \"2G\"; expected it once");
  EXPECT_EQ(ErrorOf("size=1G,format=raw,format=qcow2"),
            "--disk=size=1G,format=raw,format=qcow2: found format twice, \"raw\" and \"qcow2\"; "
            "expected it once");
}

TEST(ResolveDisk, DefaultNames) {
  EXPECT_EQ(*ResolveDisk(Disk("", 8, ""), 0, "/state"), Disk("/state/disk.img", 8, "qcow2"));
  EXPECT_EQ(*ResolveDisk(Disk("", 8, "raw"), 1, "/state"), Disk("/state/disk1.img", 8, "raw"));
}
TEST(ResolveDisk, MissingWithoutSize) {
  EXPECT_EQ(ResolveDisk(Disk("/none/a.img", 0, ""), 0, "/state").status().message(),
            "--disk: /none/a.img does not exist; add size=, for example "
            "--disk=file=/none/a.img,size=4G, to have it made");
}
TEST(ResolveDisk, FormatOfExistingFile) {
  const std::string path = absl::StrCat(testing::TempDir(), "/existing.img");
  ASSERT_EQ(WriteFile(path, "QFI\xfb rest"), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, "qcow2");
  ASSERT_EQ(WriteFile(path, ""), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, "raw");
}

// qemu-img judges: it makes the disk, and our reading of its magic agrees.
TEST(CreateDiskIfMissing, FormatIsFoundAgain) {
  for (const std::string format : {"qcow2", "vmdk", "vhdx", "vdi", "vpc", "raw"}) {
    const std::string path = absl::StrCat(testing::TempDir(), "/made.", format);
    ASSERT_EQ(CreateDiskIfMissing(Disk(path, 8, format)), absl::OkStatus());
    EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, format);
  }
}
TEST(ResolveDisk, FixedVhdEndsWithItsMagic) {
  const std::string path = absl::StrCat(testing::TempDir(), "/fixed.vhd");
  const std::string footer = absl::StrCat("conectix", std::string(504, 'f'));
  ASSERT_EQ(WriteFile(path, absl::StrCat(std::string(4096, '\0'), footer)), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, "vpc");
  // Not at the end, so it is data.
  ASSERT_EQ(WriteFile(path, absl::StrCat(std::string(4096, '\0'), footer, "x")), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, "raw");
}
// A VMDK that is a text names other files of this host. A guest can write one into its disk.
TEST(ResolveDisk, TextOfAVmdkIsData) {
  const std::string path = absl::StrCat(testing::TempDir(), "/descriptor.vmdk");
  ASSERT_EQ(WriteFile(path, "# Disk DescriptorFile\nversion=1\n"), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, "raw");
}
TEST(CreateDiskIfMissing, LeavesExistingAlone) {
  const std::string path = absl::StrCat(testing::TempDir(), "/kept.img");
  ASSERT_EQ(WriteFile(path, "mine"), absl::OkStatus());
  ASSERT_EQ(CreateDiskIfMissing(Disk(path, 8, "raw")), absl::OkStatus());
  EXPECT_EQ(*ReadFile(path), "mine");
}
TEST(CreateDiskIfMissing, UnknownFormat) {
  const std::string path = absl::StrCat(testing::TempDir(), "/odd.img");
  EXPECT_EQ(CreateDiskIfMissing(Disk(path, 8, "odd")).message(),
            absl::StrCat("qemu-img could not make ", path, ": qemu-img: ", path,
                         ": Unknown file format 'odd'"));
}

}  // namespace
}  // namespace linuxkit
