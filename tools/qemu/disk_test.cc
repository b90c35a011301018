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
TEST(CreateDiskIfMissing, MakesQcow2) {
  const std::string path = absl::StrCat(testing::TempDir(), "/made.img");
  ASSERT_EQ(CreateDiskIfMissing(Disk(path, 8, "qcow2")), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 0, ""), 0, "")->format, "qcow2");
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
