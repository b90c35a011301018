// The judge of our images is xorriso: it must see the boot equipment as we mean it and take the
// files out again. sgdisk and fsck.fat look at the partitions.
#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/iso/iso_image.h"
#include "tools/iso/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ForeignIsoTest : public ::testing::Test {
 protected:
  void Make(IsoOptions options) {
    const auto iso = MakeIsoImage(std::move(options));
    ASSERT_THAT(iso, IsOk());
    const auto path = WriteTestImage("iso", *iso);
    ASSERT_THAT(path, IsOk());
    path_ = *path;
  }
  std::string Report() {
    return OutputOf(absl::StrCat("xorriso -no_rc -indev ", path_,
                                 " -report_el_torito plain -report_system_area plain"));
  }

  std::string path_;
};

TEST_F(ForeignIsoTest, XorrisoSeesBothBootEntriesAndTables) {
  Make(HybridOptions());
  EXPECT_THAT(
      Report(),
      AllOf(HasSubstr("Volume id    : 'LINUXKIT'"),
            ContainsRegex("boot img :   1  BIOS  y   none  0x0000  0x00      4 "),
            ContainsRegex("boot img :   2  UEFI  y   none  0x0000  0x00  16476         512"),
            HasSubstr("img opts :   1  boot-info-table isohybrid-suitable"),
            // The boot record is not a real one, which xorriso knows by its bytes.
            HasSubstr("System area summary: MBR protective-msdos-label cyl-align-off GPT"),
            HasSubstr("MBR partition      :   2   0x80  0x00            0            1"),
            HasSubstr("GPT start and size :   1  2048  16476")));
}

TEST_F(ForeignIsoTest, XorrisoSeesBiosAlone) {
  IsoOptions options = HybridOptions();
  options.efi_files.clear();
  Make(std::move(options));
  EXPECT_THAT(Report(), AllOf(HasSubstr("boot img :   1  BIOS"), Not(HasSubstr("UEFI")),
                              HasSubstr("System area summary: MBR cyl-align-off\n"),
                              HasSubstr("MBR partition      :   1   0x80  0x17            0")));
}

TEST_F(ForeignIsoTest, XorrisoSeesUefiAlone) {
  IsoOptions options = HybridOptions();
  options.bios.reset();
  Make(std::move(options));
  EXPECT_THAT(Report(), AllOf(HasSubstr("boot img :   1  UEFI"), Not(HasSubstr("BIOS  y")),
                              HasSubstr("MBR protective-msdos-label cyl-align-off GPT")));
}

// Whose sum is that of words, the last of which is filled up.
TEST_F(ForeignIsoTest, XorrisoAcceptsTheSumOfAnyProgram) {
  for (const size_t size : {2999, 3001, 3002}) {
    IsoOptions options = HybridOptions();
    std::string program = FakeIsolinux();
    program.resize(size, 'x');
    ASSERT_THAT(WriteFile(options.bios->program, program), IsOk());
    Make(std::move(options));
    EXPECT_THAT(Report(), HasSubstr("img opts :   1  boot-info-table isohybrid-suitable")) << size;
  }
}

// The catalog's field has 16 bits; UEFI takes 0 for all that follows.
TEST_F(ForeignIsoTest, XorrisoSeesALargeEfiPartition) {
  IsoOptions options = HybridOptions();
  const std::string large = TestPath("large");
  ASSERT_THAT(WriteFile(large, ""), IsOk());
  ASSERT_EQ(truncate(large.c_str(), off_t{40} << 20), 0);
  options.efi_files.push_back({"large", *Content::OfFile(large)});
  Make(std::move(options));
  EXPECT_THAT(Report(), ContainsRegex("boot img :   2  UEFI  y   none  0x0000  0x00      0 "));
}

TEST_F(ForeignIsoTest, XorrisoTakesTheFilesOut) {
  IsoOptions options = HybridOptions();
  for (int i = 0; i < 100; ++i) {
    options.files.push_back({absl::StrCat("many/", std::string(95, 'n'), i),
                             Content::OfBytes(absl::StrCat("content ", i))});
  }
  Make(std::move(options));
  const std::string out = TestPath("out");
  EXPECT_THAT(OutputOf(absl::StrCat("rm -rf ", out, "; xorriso -no_rc -osirrox on -indev ", path_,
                                    " -extract / ", out, " && cmp ", out, "/boot/kernel ",
                                    TestPath("kernel"), " && chmod -R u+w ", out)),
              AllOf(Not(HasSubstr("exit status")), Not(HasSubstr("differ"))));
  EXPECT_EQ(ReadFile(out + "/a long name \xc3\xa4.txt").value(), "text\n");
  EXPECT_EQ(ReadFile(out + "/empty").value(), "");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ReadFile(absl::StrCat(out, "/many/", std::string(95, 'n'), i)).value(),
              absl::StrCat("content ", i));
  }
}

TEST_F(ForeignIsoTest, SgdiskFindsNothing) {
  Make(HybridOptions());
  EXPECT_THAT(OutputOf(absl::StrCat("sgdisk -v ", path_)), HasSubstr("No problems found."));
}

TEST_F(ForeignIsoTest, FsckFindsNothing) {
  Make(HybridOptions());
  EXPECT_THAT(OutputOf(absl::StrCat("dd if=", path_, " of=", path_,
                                    ".esp bs=512 skip=2048 count=16476 status=none && "
                                    "fsck.fat -n ",
                                    path_, ".esp")),
              ContainsRegex(": [0-9]+ files, [0-9/]+ clusters\n$"));
}

}  // namespace
}  // namespace linuxkit
