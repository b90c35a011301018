// make_netboot by its flags.
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;

// What the program prints.
std::string Make(std::string_view flags) {
  EXPECT_THAT(WriteFile(TestPath("cmdline"), "console=ttyS0"), IsOk());
  return OutputOf(absl::StrCat(
      "tools/netboot/make_netboot --name=img --cmdline=", TestPath("cmdline"), " ", flags));
}

TEST(MakeNetbootTest, EachLoaderGetsItsOwn) {
  ASSERT_EQ(Make(absl::StrCat("--ipxe=", TestPath("ipxe"), " --grub=", TestPath("grub"),
                              " --pxelinux=", TestPath("pxelinux"))),
            "");
  EXPECT_THAT(ReadFile(TestPath("ipxe")).value(),
              HasSubstr("kernel ${base}kernel initrd=initrd.img console=ttyS0\nboot\n"));
  EXPECT_EQ(OutputOf("grub-script-check " + TestPath("grub")), "");
  EXPECT_THAT(ReadFile(TestPath("grub")).value(),
              HasSubstr("linux \"$config_directory/kernel\" console=ttyS0\n"));
  EXPECT_THAT(ReadFile(TestPath("pxelinux")).value(), HasSubstr("  APPEND console=ttyS0\n"));
}

TEST(MakeNetbootTest, OnlyWhatIsAskedFor) {
  ASSERT_EQ(Make("--ipxe=" + TestPath("ipxe")), "");
  EXPECT_THAT(InputFile::Open(TestPath("ipxe")), IsOk());
  EXPECT_EQ(OutputOf(absl::StrCat("cd ", ::testing::TempDir(), " && ls OnlyWhatIsAskedFor_*")),
            "OnlyWhatIsAskedFor_cmdline\nOnlyWhatIsAskedFor_ipxe\n");
}

}  // namespace
}  // namespace linuxkit
