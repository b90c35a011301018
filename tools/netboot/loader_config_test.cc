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

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

TEST(GrubNetbootConfigTest, Plain) {
  EXPECT_THAT(GrubNetbootConfig({.name = "img", .cmdline = "console=ttyS0 panic=10"}),
              IsOkAndHolds("set timeout=0\n"
                           "menuentry 'img' {\n"
                           "  linux \"$config_directory/kernel\" 'console=ttyS0' 'panic=10'\n"
                           "  initrd \"$config_directory/initrd.img\"\n"
                           "}\n"));
}

TEST(GrubNetbootConfigTest, SpecialWords) {
  const struct {
    std::string_view cmdline;
    std::string_view words;
  } kCases[] = {
      {"", "\n"},
      {"  a   b ", " 'a' 'b'\n"},
      {"a=\"b  c\" d", " 'a=b  c' 'd'\n"},
      {"\"a=b c\" \"\"", " 'a=b c' ''\n"},
      {"a='b c\\", " 'a='\\''b' 'c\\'\n"},
      {"$a ${b} {c} ; | & < > # `d`", " '$a' '${b}' '{c}' ';' '|' '&' '<' '>' '#' '`d`'\n"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(GrubNetbootConfig({.name = "i", .cmdline = std::string(test.cmdline)}),
                IsOkAndHolds(HasSubstr(absl::StrCat("kernel\"", test.words))))
        << test.cmdline;
  }
}

TEST(GrubNetbootConfigTest, GrubCanReadIt) {
  for (const std::string_view cmdline :
       {"console=ttyS0 panic=10", "", "a='b c\\", "'", "\\", "a=\"b  c\" $a ${b} { } ; || & <> # `"}) {
    const auto config = GrubNetbootConfig({.name = "it's {", .cmdline = std::string(cmdline)});
    ASSERT_THAT(WriteFile(TestPath("grub.cfg"), config.value()), absl_testing::IsOk());
    EXPECT_EQ(OutputOf(absl::StrCat("grub-script-check ", TestPath("grub.cfg"))), "") << *config;
  }
}

TEST(PxelinuxConfigTest, Plain) {
  EXPECT_THAT(PxelinuxConfig({.name = "img", .cmdline = "a=\"b  c\" 'd' ${e}\\"}),
              IsOkAndHolds("DEFAULT linuxkit\n"
                           "LABEL linuxkit\n"
                           "  LINUX kernel\n"
                           "  INITRD initrd.img\n"
                           "  APPEND a=\"b  c\" 'd' ${e}\\\n"));
}

TEST(PxelinuxConfigTest, NoCommandLine) {
  constexpr char kNone[] = "DEFAULT linuxkit\nLABEL linuxkit\n  LINUX kernel\n  INITRD initrd.img\n";
  EXPECT_THAT(PxelinuxConfig({.name = "img"}), IsOkAndHolds(kNone));
  EXPECT_THAT(PxelinuxConfig({.name = "img", .cmdline = "-"}), IsOkAndHolds(kNone));
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
