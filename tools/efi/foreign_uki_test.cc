// make_uki on systemd's stub, as objdump, objcopy and sbverify see it.
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/efi/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kStub = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub";

class ForeignUkiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const UkiOptions options = TestUkiOptions();
    ASSERT_EQ(
        OutputOf(absl::StrCat(
            "tools/efi/make_uki --stub=", kStub, " --kernel=", options.kernel, " --initrd=",
            *options.initrd, " --cmdline=", *options.cmdline, " --os_release=", *options.os_release,
            " --sbat=", TestFile("sbat", "sbat,1,V\ntest,1,Test,test,1,https://test.example\n"),
            " --output=", uki_)),
        "");
  }
  std::string Section(std::string_view name) {
    const std::string path = TestPath("section");
    EXPECT_EQ(OutputOf(absl::StrCat("objcopy --dump-section ", name, "=", path, " ", uki_, " ",
                                    TestPath("copy"))),
              "");
    return ReadFile(path).value();
  }

  const std::string uki_ = TestPath("uki");
};

TEST_F(ForeignUkiTest, ObjdumpSeesTheSections) {
  const std::string text = OutputOf(absl::StrCat("objdump -h ", uki_));
  EXPECT_THAT(text, HasSubstr("file format pei-x86-64"));
  EXPECT_THAT(text, ContainsRegex("\\.osrel +00000008 "));
  EXPECT_THAT(text, ContainsRegex("\\.cmdline +0000000d "));
  EXPECT_THAT(text, ContainsRegex("\\.uname +00000006 "));
  EXPECT_THAT(text, ContainsRegex("\\.initrd +0000000a "));
  EXPECT_THAT(text, ContainsRegex("\\.linux +00000400 "));
}

TEST_F(ForeignUkiTest, ObjdumpSeesTheHeaders) {
  const std::string text = OutputOf(absl::StrCat("objdump -p ", uki_));
  EXPECT_THAT(text, ContainsRegex("Time/Date\\s+Thu Jan  1 00:00:00 1970"));
  EXPECT_THAT(text, ContainsRegex("CheckSum\\s+00000000"));
  EXPECT_THAT(text, ContainsRegex("Subsystem\\s+0000000a"));
}

TEST_F(ForeignUkiTest, ObjcopyTakesTheContentOut) {
  EXPECT_THAT(Section(".cmdline"), HasSubstr("console=ttyS0"));
  EXPECT_THAT(Section(".initrd"), HasSubstr("the initrd"));
  EXPECT_THAT(Section(".sbat"), ContainsRegex("systemd-stub.*\n.*\ntest,1,Test"));
}

TEST_F(ForeignUkiTest, SbverifyReadsItAndFindsNoSignature) {
  EXPECT_THAT(OutputOf(absl::StrCat("sbverify --list ", uki_)),
              HasSubstr("No signature table present"));
}

TEST_F(ForeignUkiTest, SbsignFindsNothingStrange) {
  EXPECT_EQ(
      OutputOf(absl::StrCat(
          "openssl pkey -passin pass:snakeoil -in /usr/share/ovmf/PkKek-1-snakeoil.key -out ",
          TestPath("key"), "\nsbsign --key ", TestPath("key"),
          " --cert /usr/share/ovmf/PkKek-1-snakeoil.pem --output ", TestPath("signed"), " ", uki_)),
      "Signing Unsigned original image\n");
}

// Each file of its own section; the expected PCR alone, then beside the image.
TEST(MakeUkiTest, OutputsAndSections) {
  const UkiOptions options = TestUkiOptions();
  const std::string command =
      absl::StrCat("tools/efi/make_uki --stub=", options.stub, " --kernel=", options.kernel,
                   " --initrd=", *options.initrd, " --cmdline=", *options.cmdline,
                   " --os_release=", *options.os_release, " --pcr_output=", TestPath("pcr"));
  ASSERT_EQ(OutputOf(command), "");
  EXPECT_EQ(ReadFile(TestPath("pcr")).value(), ReadFile("tools/efi/testdata/pcr11.json").value());
  ASSERT_EQ(OutputOf(absl::StrCat(command, "2 --output=", TestPath("uki"),
                                  " --uname=v --dtb=", TestFile("dtb", "\xd0\x0d\xfe\xed"),
                                  " --splash=", TestFile("splash", "BM"))),
            "");
  EXPECT_NE(ReadFile(TestPath("pcr2")).value(), ReadFile(TestPath("pcr")).value());
  EXPECT_EQ(OutputOf(absl::StrCat("objdump -h ", TestPath("uki"), " | grep -o ' [.][a-z]*'")),
            " .text\n .osrel\n .cmdline\n .uname\n .dtb\n .splash\n .initrd\n .linux\n");
  EXPECT_EQ(OutputOf(absl::StrCat("tools/efi/make_uki --stub=", options.stub,
                                  " --kernel=", options.kernel)),
            "make_uki: expected --output or --pcr_output\nexit status 1\n");
}

TEST_F(ForeignUkiTest, EqualInputsGiveEqualBytes) {
  const std::string first = ReadFile(uki_).value();
  SetUp();
  EXPECT_EQ(ReadFile(uki_).value(), first);
}

}  // namespace
}  // namespace linuxkit
