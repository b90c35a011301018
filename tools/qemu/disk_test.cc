#include "tools/qemu/disk.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

std::string ErrorOf(std::string_view text) {
  return std::string(ParseDiskSpec(text).status().message());
}

DiskSpec Disk(std::string file, int64_t mib, std::string format) {
  return {.file = std::move(file), .size_mib = mib, .format = std::move(format)};
}

std::string Path(std::string_view name) { return absl::StrCat(testing::TempDir(), "/", name); }

std::string ResolveError(const DiskSpec& disk) {
  return std::string(ResolveDisk(disk, 0, "").status().message());
}

void QemuImg(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "qemu-img");
  const auto run = RunToEnd(arguments, std::chrono::minutes(1));
  ASSERT_TRUE(run.ok() && run->status.success()) << (run.ok() ? run->output : "");
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
// The bytes say qcow2, and count for nothing.
TEST(ResolveDisk, ExistingFileNeedsItsFormat) {
  const std::string path = Path("ex,isting.img");
  ASSERT_EQ(WriteFile(path, "QFI\xfb rest"), absl::OkStatus());
  EXPECT_EQ(
      ResolveError(Disk(path, 0, "")),
      absl::StrCat("--disk: ", path,
                   " exists, and nothing says its format; a guest may have written the header of "
                   "any format into it, so it is not looked at. Say what it was made as: "
                   "--disk=file=",
                   Path("ex,,isting.img"), ",format=raw, or qcow2, vmdk, vhdx, vdi or vpc"));
  EXPECT_EQ(*ResolveDisk(Disk(path, 0, "raw"), 0, ""), Disk(path, 0, "raw"));
}

// What the guest of a raw disk has written: the header of a qcow2 whose data is a file of this
// host.
TEST(PrepareDisk, FormatIsTheOneItWasMadeWith) {
  const std::string path = Path("raw.img"), secret = Path("secret");
  ASSERT_EQ(PrepareDisk(Disk(path, 8, "raw")), absl::OkStatus());
  ASSERT_EQ(WriteFile(secret, std::string(65536, 's')), absl::OkStatus());
  QemuImg({"create", "-q", "-f", "qcow2", "-o",
           absl::StrCat("data_file=", secret, ",data_file_raw=on"), Path("evil"), "64K"});
  ASSERT_EQ(WriteFile(path, *ReadFile(Path("evil"))), absl::OkStatus());
  EXPECT_EQ(ResolveDisk(Disk(path, 8, ""), 0, "")->format, "raw");
  EXPECT_EQ(ResolveError(Disk(path, 8, "qcow2")),
            absl::StrCat("--disk: ", path,
                         " was made as raw; found format=qcow2. Write format=raw; if the file is "
                         "another one now, remove ",
                         path, ".format"));
}

TEST(PrepareDisk, EveryFormatStandsAlone) {
  for (const std::string format : {"qcow2", "vmdk", "vhdx", "vdi", "vpc", "raw"}) {
    const std::string path = Path(absl::StrCat("made.", format));
    ASSERT_EQ(PrepareDisk(Disk(path, 8, format)), absl::OkStatus());
    const auto again = ResolveDisk(Disk(path, 0, ""), 0, "");
    EXPECT_EQ(again->format, format);
    EXPECT_EQ(PrepareDisk(*again), absl::OkStatus());
  }
}

// Whoever made them: the guest would read a file of this host through them.
TEST(PrepareDisk, ImagesThatReferToOtherFiles) {
  const std::string other = Path("other");
  ASSERT_EQ(WriteFile(other, std::string(65536, 'o')), absl::OkStatus());
  QemuImg({"create", "-q", "-f", "qcow2", "-o", absl::StrCat("data_file=", other), Path("data"),
           "64K"});
  QemuImg({"create", "-q", "-f", "qcow2", "-b", other, "-F", "raw", Path("backing")});
  QemuImg(
      {"create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", Path("flat.vmdk"), "1M"});
  for (const auto& [name, format, refers_to] :
       {std::tuple("data", "qcow2", "other"), std::tuple("backing", "qcow2", "other"),
        std::tuple("flat.vmdk", "vmdk", "flat-flat.vmdk")}) {
    EXPECT_EQ(PrepareDisk(Disk(Path(name), 0, format)).message(),
              absl::StrCat("--disk: ", Path(name), " refers to the file \"", Path(refers_to),
                           "\", which the guest could then read; expected an image that stands "
                           "alone. Make one: qemu-img convert -O qcow2 ",
                           Path(name), " new.qcow2"));
  }
}

TEST(PrepareDisk, AnotherFormatThanItsOwn) {
  const std::string path = Path("text.img");
  ASSERT_EQ(WriteFile(path, std::string(4096, 't')), absl::OkStatus());
  EXPECT_EQ(
      PrepareDisk(Disk(path, 0, "qcow2")).message(),
      absl::StrCat("--disk: ", path, " cannot be read as qcow2: qemu-img: Could not open '", path,
                   "': Image is not in qcow2 format. If it has another format, correct "
                   "format="));
}
TEST(PrepareDisk, LeavesExistingAlone) {
  const std::string path = Path("kept.img");
  ASSERT_EQ(WriteFile(path, "mine"), absl::OkStatus());
  ASSERT_EQ(PrepareDisk(Disk(path, 8, "raw")), absl::OkStatus());
  EXPECT_EQ(*ReadFile(path), "mine");
}
TEST(PrepareDisk, UnknownFormat) {
  const std::string path = Path("odd.img");
  EXPECT_EQ(PrepareDisk(Disk(path, 8, "odd")).message(),
            absl::StrCat("qemu-img could not make ", path, ": qemu-img: ", path,
                         ": Unknown file format 'odd'"));
  EXPECT_FALSE(std::filesystem::exists(absl::StrCat(path, ".format")));
}

TEST(BuiltDisk, NameSaysTheFormat) {
  for (const auto& [file, format] :
       {std::pair("a.img", "raw"), std::pair("a.qcow2", "qcow2"), std::pair("a.vmdk", "vmdk"),
        std::pair("a.vhd", "vpc"), std::pair("a.vhdx", "vhdx"), std::pair("a.vdi", "vdi")}) {
    const DiskSpec disk = BuiltDisk(file);
    EXPECT_EQ(disk.format, format);
    EXPECT_TRUE(disk.snapshot);
  }
}

}  // namespace
}  // namespace linuxkit
