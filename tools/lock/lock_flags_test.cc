#include "tools/lock/lock_flags.h"

#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The words as the program gets them: its name, what the rule says, what the user says.
absl::StatusOr<LockFlags> Read(const std::vector<std::string>& words) {
  std::vector<std::string> all = {"lock", "--lock_file=linuxkit.lock.json"};
  all.insert(all.end(), words.begin(), words.end());
  all = JoinUpgradeWords(all);
  std::vector<const char*> pointers;
  for (const std::string& word : all) pointers.push_back(word.c_str());
  ABSL_ASSIGN_OR_RETURN(Args args, Args::Parse(static_cast<int>(pointers.size()), pointers.data()));
  return ReadLockFlags(args);
}

std::string ErrorOf(const std::vector<std::string>& words) {
  return std::string(Read(words).status().message());
}

TEST(LockFlagsTest, Defaults) {
  const auto flags = Read({});
  ASSERT_THAT(flags, IsOk());
  EXPECT_EQ(flags->lock_file, "linuxkit.lock.json");
  EXPECT_FALSE(flags->check);
  EXPECT_FALSE(flags->upgrades.all);
  EXPECT_THAT(flags->upgrades.references, IsEmpty());
  EXPECT_EQ(flags->jobs, 8);
}

TEST(LockFlagsTest, Layouts) {
  const auto flags = Read({"--layout=a:1=", "--layout=b@sha256:1=linux/amd64,linux/arm/v7"});
  ASSERT_THAT(flags, IsOk());
  ASSERT_EQ(flags->layouts.size(), 2u);
  EXPECT_EQ(flags->layouts[0].reference, "a:1");
  EXPECT_THAT(flags->layouts[0].platforms, IsEmpty());
  EXPECT_EQ(flags->layouts[1].reference, "b@sha256:1");
  EXPECT_THAT(flags->layouts[1].platforms, ElementsAre("linux/amd64", "linux/arm/v7"));
}

TEST(LockFlagsTest, UpgradeAll) {
  const auto flags = Read({"--upgrade", "--jobs=2"});
  ASSERT_THAT(flags, IsOk());
  EXPECT_TRUE(flags->upgrades.all);
  EXPECT_EQ(flags->jobs, 2);
}

TEST(LockFlagsTest, UpgradeSome) {
  const auto flags = Read({"--upgrade=a:1", "--upgrade=b"});
  ASSERT_THAT(flags, IsOk());
  EXPECT_FALSE(flags->upgrades.all);
  EXPECT_THAT(flags->upgrades.references, ElementsAre("a:1", "b"));
}

TEST(LockFlagsTest, UpgradeSomeWithoutEqualsSign) {
  const auto flags = Read({"--upgrade", "a:1", "b", "--platform=linux/arm64"});
  ASSERT_THAT(flags, IsOk());
  EXPECT_FALSE(flags->upgrades.all);
  EXPECT_THAT(flags->upgrades.references, ElementsAre("a:1", "b"));
  EXPECT_THAT(flags->platforms, ElementsAre("linux/arm64"));
}

TEST(LockFlagsTest, HelpNeedsNothing) {
  const auto flags = Read({"--help"});
  ASSERT_THAT(flags, IsOk());
  EXPECT_TRUE(flags->help);
}

TEST(LockFlagsTest, Errors) {
  EXPECT_EQ(ErrorOf({"a:1"}), "unexpected argument \"a:1\"; expected --name=value");
  EXPECT_EQ(ErrorOf({"--upgade"}), "unknown flag --upgade");
  EXPECT_EQ(ErrorOf({"--jobs=0"}), "--jobs=0: expected a number from 1 to 64");
  EXPECT_EQ(ErrorOf({"--check", "--upgrade"}),
            "found --check and --upgrade; expected one of them: --check changes nothing");
}

}  // namespace
}  // namespace linuxkit
