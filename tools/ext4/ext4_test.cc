// File systems that mke2fs makes for us; e2fsck judges them.
#include <cstdlib>
#include <set>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/disk/testing.h"
#include "tools/ext4/ext4_command.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
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
            HasSubstr("Inode count:              4096\n"),
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

TEST(Ext4Test, IdentifiersFollowLabelAndSize) {
  std::set<std::string> uuids, seeds;
  for (const std::string flags :
       {"--label=state --size_mib=8", "--label=state --size_mib=9", "--label=other --size_mib=8"}) {
    ASSERT_EQ(Make("image", flags), "");
    const std::string dump = "dumpe2fs -h " + TestPath("image");
    uuids.insert(OutputOf(dump + " | grep 'Filesystem UUID'"));
    seeds.insert(OutputOf(dump + " | grep 'Directory Hash Seed'"));
  }
  EXPECT_EQ(uuids.size(), 3);
  EXPECT_EQ(seeds.size(), 3);
}

TEST(Ext4Test, LongestLabel) {
  ASSERT_EQ(Make("image", "--label=sixteen__letters --size_mib=8"), "");
  EXPECT_EQ(OutputOf("e2label " + TestPath("image")), "sixteen__letters\n");
}

// Which would take a minute to make.
TEST(Ext4Test, LargestSize) {
  const auto command =
      MakeExt4Command({.program = "mke2fs", .label = "state", .mib = 16777216}, "");
  ASSERT_THAT(command, IsOk());
  EXPECT_EQ(command->argv.back(), "16777216M");
}

TEST(Ext4Test, TimeForOldAndNewVersions) {
  const auto command = MakeExt4Command({.program = "mke2fs", .label = "state", .mib = 8}, "");
  ASSERT_THAT(command, IsOk());
  EXPECT_THAT(command->environment,
              IsSupersetOf({"E2FSPROGS_FAKE_TIME=1492533000", "SOURCE_DATE_EPOCH=1492533000"}));
}

TEST(Ext4Test, NoLabel) {
  EXPECT_EQ(Make("image", "--label= --size_mib=8"),
            "make_ext4: label: found \"\", which has 0 bytes; expected 1 to 16\nexit status 1\n");
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
