#include "tools/boot_config/boot_config.h"

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::_;

BootEntry WithCmdline(std::string cmdline) { return {.cmdline = std::move(cmdline)}; }

TEST(BootConfigTest, Isolinux) {
  EXPECT_THAT(IsolinuxConfig(WithCmdline("console=ttyS0 a=\"b c\"")),
              IsOkAndHolds("DEFAULT linux\n"
                           "LABEL linux\n"
                           "  KERNEL /boot/kernel\n"
                           "  INITRD /boot/initrd.img\n"
                           "  APPEND console=ttyS0 a=\"b c\"\n"));
}

TEST(BootConfigTest, SystemdBoot) {
  EXPECT_THAT(LoaderEntry(WithCmdline("console=ttyS0 a=\"b c\"")),
              IsOkAndHolds("title LinuxKit\n"
                           "linux /boot/kernel\n"
                           "initrd /boot/initrd.img\n"
                           "options console=ttyS0 a=\"b c\"\n"));
}

TEST(BootConfigTest, Grub) {
  EXPECT_THAT(GrubConfig(WithCmdline("console=ttyS0 panic=10")),
              IsOkAndHolds("set timeout=0\n"
                           "menuentry 'LinuxKit' {\n"
                           "  linux /boot/kernel console=ttyS0 panic=10\n"
                           "  initrd /boot/initrd.img\n"
                           "}\n"));
}

TEST(BootConfigTest, GrubQuotesWords) {
  EXPECT_THAT(GrubWords(""), IsOkAndHolds(""));
  EXPECT_THAT(GrubWords("  a\tb  "), IsOkAndHolds(" a b"));
  EXPECT_THAT(GrubWords("dyndbg=\"file x +p\" y"), IsOkAndHolds(" 'dyndbg=file x +p' y"));
  EXPECT_THAT(GrubWords("price=$5 {a;b}|c>d"), IsOkAndHolds(" 'price=$5' '{a;b}|c>d'"));
  EXPECT_THAT(GrubWords("\"\""), IsOkAndHolds(" ''"));
}

// The judge is GRUB's own parser.
TEST(BootConfigTest, GrubAcceptsTheScript) {
  const auto config = GrubConfig(WithCmdline("a=\"b c\" price=$5 {a;b}|c>d # \"\" e"));
  ASSERT_THAT(config, IsOk());
  const std::string path = TestPath("grub.cfg");
  ASSERT_THAT(WriteFile(path, *config), IsOk());
  EXPECT_EQ(OutputOf("grub-script-check " + path), "");
}

TEST(BootConfigTest, WhatGrubCannotPass) {
  EXPECT_THAT(GrubConfig(WithCmdline("a b=c\\d")),
              StatusIs(_,
                       "the kernel command line has a backslash in \"b=c\\d\"; GRUB would pass a "
                       "backslash in front of it. Expected none for an image that boots by GRUB"));
  EXPECT_THAT(GrubConfig(WithCmdline("it's")),
              StatusIs(_,
                       "the kernel command line has a single quote in \"it's\"; GRUB would pass "
                       "a backslash in front of it. Expected none for an image that boots by "
                       "GRUB"));
}

TEST(BootConfigTest, SeveralLines) {
  const char* const message =
      "the kernel command line has a newline behind \"quiet\"; expected one line, for the "
      "configuration of a boot program has no other";
  EXPECT_THAT(IsolinuxConfig(WithCmdline("quiet\nx")), StatusIs(_, message));
  EXPECT_THAT(LoaderEntry(WithCmdline("quiet\nx")), StatusIs(_, message));
  EXPECT_THAT(GrubConfig(WithCmdline("quiet\nx")), StatusIs(_, message));
}

}  // namespace
}  // namespace linuxkit
