// The tars of a system; GNU tar lists and unpacks them.
#include "tools/rootfs/system_tar.h"

#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"
#include "tools/disk/testing.h"
#include "tools/initrd/testing.h"
#include "tools/rootfs/system_tree.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

constexpr char kDirectories[] =
    "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 ./\n"
    "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 boot/\n"
    "drwxrwxrwt 1/2               0 2017-04-18 16:30:00 d/\n";

class SystemTarTest : public testing::Test {
 protected:
  SystemTarTest() : segments_(TestPath("segments")) {}

  absl::StatusOr<SystemTree> Tree() { return SystemTree::Read(segments_.files()); }

  void AddSystem() {
    segments_.Add([](SegmentWriter& writer) -> absl::Status {
      ABSL_RETURN_IF_ERROR(writer.AddDirectory("d", {.mode = 01777, .uid = 1, .gid = 2}));
      StringSource content("text");
      ABSL_RETURN_IF_ERROR(
          writer.AddFile({"d/f", "d/g"}, {.mode = 04755, .uid = 3000000}, 4, content));
      ABSL_RETURN_IF_ERROR(writer.AddSymlink("l", "d/f", {.mode = 0777}));
      ABSL_RETURN_IF_ERROR(
          writer.AddNode("c", SegmentEntry::CHARACTER_DEVICE, 5, 1, {.mode = 0600}));
      ABSL_RETURN_IF_ERROR(writer.AddNode("b", SegmentEntry::BLOCK_DEVICE, 8, 300, {.mode = 0660}));
      ABSL_RETURN_IF_ERROR(writer.AddNode("p", SegmentEntry::FIFO, 0, 0, {.mode = 0600}));
      return writer.AddFile(std::string(120, 'n'), {.mode = 0644, .mtime = 0}, "");
    });
  }

  BootFiles Boot() {
    return {.kernel = segments_.Input("kernel", "the kernel"),
            .initrd = "",
            .cmdline = segments_.Input("cmdline", "console=ttyS0"),
            .ucode = ""};
  }

  // The form as a file, and what GNU tar says is in it.
  std::string Listing(std::string_view tar) {
    return OutputOf(absl::StrCat("TZ=UTC tar --full-time --numeric-owner -tvf ",
                                 segments_.Input("out.tar", tar)));
  }

  std::string SystemTar(bool with_dockerfile) {
    const auto tree = Tree();
    EXPECT_THAT(tree, IsOk());
    StringSink tar;
    EXPECT_THAT(WriteSystemTar(*tree, Boot(), with_dockerfile, tar), IsOk());
    return tar.data();
  }

  std::string Member(const std::string& name) {
    return OutputOf(absl::StrCat("tar -xOf ", segments_.Path("out.tar"), " ", name));
  }

  TestSegments segments_;
};

TEST_F(SystemTarTest, RootIsTheTreeAlone) {
  AddSystem();
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  StringSink tar;
  ASSERT_THAT(WriteRootTar(*tree, RootEntry::kFirst, tar), IsOk());
  EXPECT_EQ(Listing(tar.data()),
            absl::StrCat("drwxr-xr-x 0/0               0 2017-04-18 16:30:00 ./\n"
                         "drwxrwxrwt 1/2               0 2017-04-18 16:30:00 d/\n"
                         "-rwsr-xr-x 3000000/0         4 2017-04-18 16:30:00 d/f\n"
                         "hrwsr-xr-x 3000000/0         0 2017-04-18 16:30:00 d/g link to d/f\n"
                         "lrwxrwxrwx 0/0               0 2017-04-18 16:30:00 l -> d/f\n"
                         "crw------- 0/0             5,1 2017-04-18 16:30:00 c\n"
                         "brw-rw---- 0/0           8,300 2017-04-18 16:30:00 b\n"
                         "prw------- 0/0               0 2017-04-18 16:30:00 p\n"
                         "-rw-r--r-- 0/0               0 1970-01-01 00:00:00 ",
                         std::string(120, 'n'), "\n"));
}

// For programs that take what they are told about the root for the image's, not the tar's.
TEST_F(SystemTarTest, RootIsLeftOut) {
  segments_.Add(FillFile("d/f", "text"));
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  StringSink tar;
  ASSERT_THAT(WriteRootTar(*tree, RootEntry::kLeftOut, tar), IsOk());
  EXPECT_EQ(Listing(tar.data()),
            "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 d/\n"
            "-rw-r--r-- 0/0               4 2017-04-18 16:30:00 d/f\n");
}

TEST_F(SystemTarTest, TarHasKernelAndCommandLine) {
  segments_.Add([](SegmentWriter& writer) {
    return writer.AddDirectory("d", {.mode = 01777, .uid = 1, .gid = 2});
  });
  segments_.Add([](SegmentWriter& writer) { return writer.AddDirectory("boot", {.mode = 0755}); });
  EXPECT_EQ(Listing(SystemTar(false)),
            absl::StrCat(kDirectories,
                         "-rw-r--r-- 0/0              13 2017-04-18 16:30:00 boot/cmdline\n"
                         "-rw-r--r-- 0/0              10 2017-04-18 16:30:00 boot/kernel\n"));
  EXPECT_EQ(Member("boot/cmdline"), "console=ttyS0");
}

TEST_F(SystemTarTest, MicrocodeIsABootFile) {
  BootFiles boot = Boot();
  boot.ucode = segments_.Input("ucode", "microcode");
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  StringSink tar;
  ASSERT_THAT(WriteSystemTar(*tree, boot, false, tar), IsOk());
  EXPECT_EQ(Listing(tar.data()),
            "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 ./\n"
            "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 boot/\n"
            "-rw-r--r-- 0/0              13 2017-04-18 16:30:00 boot/cmdline\n"
            "-rw-r--r-- 0/0              10 2017-04-18 16:30:00 boot/kernel\n"
            "-rw-r--r-- 0/0               9 2017-04-18 16:30:00 boot/ucode.cpio\n");
}

// LinuxKit format, section 6.2.
TEST_F(SystemTarTest, DockerEndsWithADockerfile) {
  const std::string tar = SystemTar(true);
  EXPECT_EQ(Listing(tar),
            "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 ./\n"
            "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 boot/\n"
            "-rw-r--r-- 0/0              13 2017-04-18 16:30:00 boot/cmdline\n"
            "-rw-r--r-- 0/0              10 2017-04-18 16:30:00 boot/kernel\n"
            "-rw-r--r-- 0/0              54 2017-04-18 16:30:00 Dockerfile\n");
  EXPECT_EQ(Member("Dockerfile"), "\nFROM scratch\n\nCOPY . ./\n\nENTRYPOINT [\"/bin/rc.init\"]\n");
}

TEST_F(SystemTarTest, OwnKernelOfTheSystem) {
  segments_.Add(FillFile("boot/kernel", "mine"));
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  StringSink tar;
  EXPECT_THAT(WriteSystemTar(*tree, Boot(), false, tar),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the system has a boot/kernel of its own; expected none, because this form "
                       "puts one there. Leave it out of the system, or make another form."));
}

TEST_F(SystemTarTest, BootIsALink) {
  segments_.Add(
      [](SegmentWriter& writer) { return writer.AddSymlink("boot", "elsewhere", {.mode = 0777}); });
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  StringSink tar;
  EXPECT_THAT(WriteSystemTar(*tree, Boot(), false, tar),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the system has a boot that is not a directory; expected a directory or "
                       "nothing, because this form puts the kernel there"));
}

// LinuxKit format, section 6.3: the initrd has no microcode there.
TEST_F(SystemTarTest, BootFilesWithMicrocodeApart) {
  BootFiles boot = Boot();
  boot.ucode = segments_.Input("ucode", "microcode");
  boot.initrd = segments_.Input("initrd", std::string_view("microcode\0\0\0initrd", 18));
  StringSink tar;
  ASSERT_THAT(WriteBootFilesTar(boot, tar), IsOk());
  EXPECT_EQ(Listing(tar.data()),
            "-rw-r--r-- 0/0              10 2017-04-18 16:30:00 kernel\n"
            "-rw-r--r-- 0/0               6 2017-04-18 16:30:00 initrd.img\n"
            "-rw-r--r-- 0/0              13 2017-04-18 16:30:00 cmdline\n"
            "-rw-r--r-- 0/0               9 2017-04-18 16:30:00 ucode.cpio\n");
  EXPECT_EQ(Member("initrd.img"), "initrd");
}

TEST_F(SystemTarTest, EmptyBootFilesAreLeftOut) {
  StringSink tar;
  ASSERT_THAT(WriteBootFilesTar({.kernel = "",
                                 .initrd = segments_.Input("initrd", "initrd"),
                                 .cmdline = segments_.Input("cmdline", ""),
                                 .ucode = ""},
                                tar),
              IsOk());
  EXPECT_EQ(Listing(tar.data()), "-rw-r--r-- 0/0               6 2017-04-18 16:30:00 initrd.img\n");
}

TEST_F(SystemTarTest, InitrdOfOtherMicrocode) {
  BootFiles boot = Boot();
  boot.ucode = segments_.Input("ucode", "microcode");
  boot.initrd = segments_.Input("initrd", "mikrocode");
  StringSink tar;
  EXPECT_THAT(WriteBootFilesTar(boot, tar),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       absl::StrCat(boot.initrd, " does not begin with ", boot.ucode,
                                    "; expected the initrd made with it")));
}

// The initrd is too short; its zeros at the end are none of the microcode's.
TEST_F(SystemTarTest, InitrdShorterThanItsMicrocode) {
  BootFiles boot = Boot();
  boot.ucode = segments_.Input("ucode", std::string_view("microcode\0\0\0", 12));
  boot.initrd = segments_.Input("initrd", "microcode");
  StringSink tar;
  EXPECT_THAT(WriteBootFilesTar(boot, tar),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       absl::StrCat(boot.initrd, " does not begin with ", boot.ucode,
                                    "; expected the initrd made with it")));
}

// More than is compared at a time.
TEST_F(SystemTarTest, MuchMicrocode) {
  std::string microcode;
  while (microcode.size() < 3 * kBufferSize) absl::StrAppend(&microcode, microcode.size(), " ");
  microcode.resize(3 * kBufferSize - 4);
  BootFiles boot = Boot();
  boot.ucode = segments_.Input("ucode", microcode);
  boot.initrd = segments_.Input("initrd", microcode + "initrd");
  StringSink tar;
  ASSERT_THAT(WriteBootFilesTar(boot, tar), IsOk());
  Listing(tar.data());
  EXPECT_EQ(Member("initrd.img"), "initrd");
}

TEST_F(SystemTarTest, InitrdOfMicrocodeAlone) {
  BootFiles boot = Boot();
  boot.ucode = segments_.Input("ucode", "microcode");
  boot.initrd = segments_.Input("initrd", std::string_view("microcode\0\0\0", 12));
  StringSink tar;
  ASSERT_THAT(WriteBootFilesTar(boot, tar), IsOk());
  EXPECT_EQ(Listing(tar.data()),
            "-rw-r--r-- 0/0              10 2017-04-18 16:30:00 kernel\n"
            "-rw-r--r-- 0/0              13 2017-04-18 16:30:00 cmdline\n"
            "-rw-r--r-- 0/0               9 2017-04-18 16:30:00 ucode.cpio\n");
}

TEST_F(SystemTarTest, NoKernelNoBootFiles) {
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  BootFiles boot = Boot();
  boot.kernel = "";
  StringSink tar;
  ASSERT_THAT(WriteSystemTar(*tree, boot, false, tar), IsOk());
  EXPECT_EQ(Listing(tar.data()), "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 ./\n");
}

TEST_F(SystemTarTest, OwnDockerfileOfTheSystem) {
  segments_.Add(FillFile("Dockerfile", "FROM mine"));
  const auto tree = Tree();
  ASSERT_THAT(tree, IsOk());
  StringSink tar;
  EXPECT_THAT(WriteSystemTar(*tree, Boot(), true, tar),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the system has a Dockerfile of its own; expected none, because this form "
                       "puts one there. Leave it out of the system, or make another form."));
}

}  // namespace
}  // namespace linuxkit
