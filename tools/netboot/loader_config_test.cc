// Configurations of GRUB and PXELINUX; grub-script-check is the judge of what GRUB can read.
#include "tools/netboot/loader_config.h"

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
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(GrubNetbootConfigTest, Plain) {
  EXPECT_THAT(GrubNetbootConfig({.name = "img", .cmdline = "console=ttyS0 a=\"b $c\""}),
              IsOkAndHolds("set timeout=0\n"
                           "menuentry 'LinuxKit' {\n"
                           "  linux \"$config_directory/kernel\" console=ttyS0 'a=b $c'\n"
                           "  initrd \"$config_directory/initrd.img\"\n"
                           "}\n"));
}

TEST(GrubNetbootConfigTest, CommandLineThatGrubCannotPassOn) {
  EXPECT_THAT(
      GrubNetbootConfig({.name = "img", .cmdline = "a=b\\c"}),
      IsOkAndHolds("# the kernel command line has a backslash in \"a=b\\c\"; GRUB would pass "
                   "a backslash in front of it. Expected none for an image that boots by "
                   "GRUB\n"));
}

TEST(GrubNetbootConfigTest, GrubCanReadIt) {
  for (const std::string_view cmdline :
       {"console=ttyS0 panic=10", "", "a=\"b  c\" $a ${b} { } ; || & <> # `"}) {
    const auto config = GrubNetbootConfig({.name = "img", .cmdline = std::string(cmdline)});
    ASSERT_THAT(WriteFile(TestPath("grub.cfg"), config.value()), IsOk());
    EXPECT_EQ(OutputOf(absl::StrCat("grub-script-check ", TestPath("grub.cfg"))), "") << *config;
  }
}

TEST(PxelinuxConfigTest, CommandLineByteForByte) {
  EXPECT_THAT(PxelinuxConfig({.name = "img", .cmdline = "a=\"b  c\" 'd' ${e}\\"}),
              IsOkAndHolds("DEFAULT linux\n"
                           "LABEL linux\n"
                           "  KERNEL kernel\n"
                           "  INITRD initrd.img\n"
                           "  APPEND a=\"b  c\" 'd' ${e}\\\n"));
}

TEST(LoaderConfigTest, NewlineIsRefused) {
  constexpr char kError[] =
      "the kernel command line \"a\\nb\" has the control character \"\\n\"; expected one line of "
      "words with spaces between them";
  EXPECT_THAT(GrubNetbootConfig({.cmdline = "a\nb"}),
              StatusIs(absl::StatusCode::kInvalidArgument, kError));
  EXPECT_THAT(PxelinuxConfig({.cmdline = "a\nb"}),
              StatusIs(absl::StatusCode::kInvalidArgument, kError));
}

}  // namespace
}  // namespace linuxkit
