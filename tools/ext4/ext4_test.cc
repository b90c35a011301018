// File systems that mke2fs makes for us; e2fsck judges them.
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// Makes NAME with those flags, which OutputOf gets quoted.
std::string Make(const std::string& name, const std::string& flags,
                 const std::string& program = "/usr/sbin/mke2fs") {
  return OutputOf(absl::StrCat("tools/ext4/make_ext4 --program=", program, " ", flags,
                               " --output=", TestPath(name)));
}

TEST(Ext4Test, IsClean) {
  for (const std::string mib : {"8", "64", "1500"}) {
    ASSERT_EQ(Make("image", "--label=state --size_mib=" + mib), "");
    EXPECT_THAT(OutputOf("e2fsck -fn " + TestPath("image")),
                AllOf(HasSubstr("\nPass 5: Checking group summary information\nstate: 11/"),
                      Not(HasSubstr("exit status"))));
  }
}

TEST(Ext4Test, IsWhatWasAskedFor) {
  ASSERT_EQ(Make("image", "--label=state --size_mib=64"), "");
  EXPECT_THAT(
      OutputOf("TZ=UTC dumpe2fs -h " + TestPath("image")),
      AllOf(HasSubstr("Filesystem volume name:   state\n"),
            HasSubstr("Filesystem features:      has_journal ext_attr resize_inode dir_index "
                      "filetype extent 64bit flex_bg sparse_super large_file huge_file dir_nlink "
                      "extra_isize metadata_csum\n"),
            HasSubstr("Block count:              16384\n"),
            HasSubstr("Block size:               4096\n"), ContainsRegex("Inode size:[ \t]+256\n"),
            HasSubstr("Filesystem created:       Tue Apr 18 16:30:00 2017\n"),
            HasSubstr("Last checked:             Tue Apr 18 16:30:00 2017\n")));
  EXPECT_THAT(OutputOf("debugfs -R 'stat /' " + TestPath("image")),
              HasSubstr("User:     0   Group:     0 "));
}

// All of the journal and the inode tables is holes.
TEST(Ext4Test, TakesLittleRoom) {
  ASSERT_EQ(Make("image", "--label=state --size_mib=1024"), "");
  EXPECT_EQ(OutputOf("stat -c %s " + TestPath("image")), "1073741824\n");
  EXPECT_LT(std::stoi(OutputOf("stat -c %b " + TestPath("image"))), 2 * 2048);
}

// Neither the time, nor the user, nor the environment shows.
TEST(Ext4Test, BytesDependOnLabelAndSizeAlone) {
  ASSERT_EQ(Make("one", "--label=state --size_mib=16"), "");
  setenv("MKE2FS_CONFIG", "/dev/null", 1);
  setenv("SOURCE_DATE_EPOCH", "1", 1);
  setenv("TZ", "Asia/Tokyo", 1);
  ASSERT_EQ(Make("two", "--label=state --size_mib=16"), "");
  unsetenv("MKE2FS_CONFIG");
  unsetenv("SOURCE_DATE_EPOCH");
  unsetenv("TZ");
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", TestPath("one"), " ", TestPath("two"))), "");
  ASSERT_EQ(Make("three", "--label=other --size_mib=16"), "");
  EXPECT_NE(OutputOf("blkid -p -o value -s UUID " + TestPath("one")),
            OutputOf("blkid -p -o value -s UUID " + TestPath("three")));
}

TEST(Ext4Test, LabelThatIsTooLong) {
  EXPECT_EQ(Make("image", "--label=seventeen_letters --size_mib=8"),
            "make_ext4: label: found \"seventeen_letters\", which has 17 bytes; expected 1 to 16\n"
            "exit status 1\n");
}

TEST(Ext4Test, SizeThatNoDiskHas) {
  EXPECT_EQ(Make("image", "--label=state --size_mib=7"),
            "make_ext4: size_mib: found 7; expected 8 to 16777216 MiB for ext4\nexit status 1\n");
  EXPECT_EQ(Make("image", "--label=state --size_mib=16777217"),
            "make_ext4: size_mib: found 16777217; expected 8 to 16777216 MiB for ext4\n"
            "exit status 1\n");
}

TEST(Ext4Test, ProgramThatFails) {
  EXPECT_EQ(Make("image", "--label=state --size_mib=8", "/bin/false"),
            "make_ext4: false ended with status 1; it printed nothing\nexit status 1\n");
  EXPECT_EQ(OutputOf("ls " + TestPath("") + "*"),
            absl::StrCat("ls: cannot access '", TestPath(""), "*': No such file or directory\n",
                         "exit status 2\n"));
}

}  // namespace
}  // namespace linuxkit
