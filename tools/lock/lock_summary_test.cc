#include "tools/lock/lock_summary.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/lock/testing/test_lock.h"

namespace linuxkit {
namespace {

TEST(LockSummaryTest, FirstLock) {
  const LockFile after = {.configs = {TestSkeleton("{}")},
                          .images = {MakeTestImage("a", "docker.io/library/a:1")}};
  EXPECT_EQ(LockSummary({}, after), absl::StrCat("added //os:my.yml\n"
                                                 "added docker.io/library/a:1 ",
                                                 after.images[0].digest, "\nkept 0 images\n"));
}

TEST(LockSummaryTest, EveryKindOfChange) {
  Skeleton gone = TestSkeleton("{}");
  gone.set_config("//os:gone.yml");
  const LockFile before = {.configs = {gone, TestSkeleton("init: ['a:1']")},
                           .images = {MakeTestImage("a", "docker.io/library/a:1"),
                                      MakeTestImage("b", "docker.io/library/b:1"),
                                      MakeTestImage("c", "docker.io/library/c:1"),
                                      MakeTestImage("d", "docker.io/library/d:1")}};
  const LockFile after = {
      .configs = {TestSkeleton("init: ['a:1', 'b:1']")},
      .images = {MakeTestImage("a", "docker.io/library/a:1"),
                 MakeTestImage("b", "docker.io/library/b:1", {"linux/amd64"}, "2"),
                 MakeTestImage("c", "docker.io/library/c:1", {"linux/amd64", "linux/arm64"})}};
  EXPECT_EQ(LockSummary(before, after),
            absl::StrCat("changed //os:my.yml\n"
                         "  + init: \"b:1\"\n"
                         "removed //os:gone.yml\n"
                         "upgraded docker.io/library/b:1 ",
                         before.images[1].digest, " → ", after.images[1].digest,
                         "\n"
                         "changed docker.io/library/c:1 to linux/amd64, linux/arm64\n"
                         "removed docker.io/library/d:1\n"
                         "kept 1 image\n"));
}

TEST(LockSummaryTest, NothingChanged) {
  const LockFile lock = {.configs = {TestSkeleton("{}")},
                         .images = {MakeTestImage("a", "docker.io/library/a:1"),
                                    MakeTestImage("b", "docker.io/library/b:1")}};
  EXPECT_EQ(LockSummary(lock, lock), "kept 2 images\n");
}

}  // namespace
}  // namespace linuxkit
