// make_system_tar by its flags; GNU tar lists what it makes.
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/disk/testing.h"
#include "tools/initrd/testing.h"

namespace linuxkit {
namespace {

class MakeSystemTarTest : public ::testing::Test {
 protected:
  MakeSystemTarTest() : segments_(TestPath("segments")) { segments_.Add(FillFile("a", "1")); }

  std::string Make(std::string_view form) {
    const SegmentFiles& files = segments_.files().front();
    return OutputOf(absl::StrCat("tools/rootfs/make_system_tar --form=", form,
                                 " --kernel=", segments_.Input("kernel", "the kernel"),
                                 " --initrd=", segments_.Input("initrd", "0123init"),
                                 " --cmdline=", segments_.Input("cmdline", "quiet"),
                                 " --ucode=", segments_.Input("ucode", "0123"),
                                 " --segment=", files.segment, " --index=", files.index,
                                 " --apk_database= --output=", segments_.Path("out")));
  }
  std::string Names() { return OutputOf("tar -tf " + segments_.Path("out")); }

  TestSegments segments_;
};

TEST_F(MakeSystemTarTest, Forms) {
  ASSERT_EQ(Make("tar"), "");
  EXPECT_EQ(Names(), "./\na\nboot/\nboot/cmdline\nboot/kernel\nboot/ucode.cpio\n");
  ASSERT_EQ(Make("docker"), "");
  EXPECT_EQ(Names(), "./\na\nboot/\nboot/cmdline\nboot/kernel\nboot/ucode.cpio\nDockerfile\n");
  ASSERT_EQ(Make("tar-kernel-initrd"), "");
  EXPECT_EQ(Names(), "kernel\ninitrd.img\ncmdline\nucode.cpio\n");
}

TEST_F(MakeSystemTarTest, UnknownForm) {
  EXPECT_EQ(Make("zip"),
            "make_system_tar: --form: found \"zip\"; expected tar, docker or tar-kernel-initrd\n"
            "exit status 1\n");
  EXPECT_EQ(OutputOf("ls " + segments_.Path("")),
            "cmdline\nindex0\ninitrd\nkernel\nsegment0\nucode\n");
}

}  // namespace
}  // namespace linuxkit
