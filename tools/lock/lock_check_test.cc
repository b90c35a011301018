#include "tools/lock/lock_check.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tools/lock/testing/test_lock.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

constexpr char kRedis[] = "docker.io/library/redis:7";
constexpr char kYaml[] = "init: ['redis:7']\nservices: [{name: web, image: ':web'}]";
constexpr char kHead[] = "linuxkit.lock.json is out of date:\n";
constexpr char kCommand[] = "\nTo bring it up to date: bazel run @linuxkit//:lock";

LockFile TestLock() {
  return {.platforms = {"linux/amd64"},
          .configs = {TestSkeleton(kYaml)},
          .images = {MakeTestImage("redis", kRedis)}};
}

Wanted Want(const std::vector<Skeleton>& configs,
            const std::vector<std::string>& platforms = {"linux/amd64"}) {
  return WantedOf(configs, {}, platforms).value();
}

absl::Status Check(const LockFile& lock, const Wanted& wanted) {
  return CheckLock("linuxkit.lock.json", LockFileText(lock), lock, wanted);
}

std::string ErrorOf(const LockFile& lock, const Wanted& wanted) {
  return std::string(Check(lock, wanted).message());
}

TEST(LockCheckTest, UpToDate) {
  EXPECT_THAT(Check(TestLock(), Want({TestSkeleton(kYaml)})), IsOk());
}

TEST(LockCheckTest, EditsBesidesTheSkeleton) {
  EXPECT_THAT(Check(TestLock(), Want({TestSkeleton("kernel: {cmdline: quiet}\ninit: ['redis:7']\n"
                                                   "services: [{name: web, image: ':web', env: "
                                                   "[A=b], capabilities: [all]}]\n")})),
              IsOk());
}

TEST(LockCheckTest, Layouts) {
  const Skeleton volume = TestSkeleton("volumes: [{name: a, image: 'redis:7', format: oci}]");
  LockFile lock = {.platforms = {"linux/amd64"},
                   .configs = {volume},
                   .images = {MakeTestLayout("redis", kRedis, {"linux/amd64", "linux/arm64"})}};
  EXPECT_THAT(Check(lock, Want({volume})), IsOk());
  lock.images[0].index->images.pop_back();
  EXPECT_EQ(
      ErrorOf(lock, Want({volume})),
      absl::StrCat(kHead, "  ", kRedis, ": index not pinned for all its platforms", kCommand));
  lock.configs = {TestSkeleton(kYaml)};
  lock.images[0].platforms = MakeTestImage("redis", kRedis).platforms;
  EXPECT_EQ(ErrorOf(lock, Want(lock.configs)),
            absl::StrCat(kHead, "  ", kRedis, ": index pinned without need", kCommand));
}

TEST(LockCheckTest, AServiceAndItsImage) {
  EXPECT_EQ(
      ErrorOf(TestLock(), Want({TestSkeleton("init: ['redis:7']\nservices: [{name: db, image: "
                                             "'postgres:16'}]")})),
      absl::StrCat(kHead,
                   "  //os:my.yml: sections, names or images have changed:\n"
                   "    + services: name \"db\", image \"postgres:16\"\n"
                   "    - services: name \"web\", image \":web\"\n"
                   "  docker.io/library/postgres:16: not pinned",
                   kCommand));
}

TEST(LockCheckTest, AnotherTag) {
  EXPECT_EQ(ErrorOf(TestLock(), Want({TestSkeleton("init: ['redis:8']\nservices: [{name: web, "
                                                   "image: ':web'}]")})),
            absl::StrCat(kHead,
                         "  //os:my.yml: sections, names or images have changed:\n"
                         "    + init: \"redis:8\"\n"
                         "    - init: \"redis:7\"\n"
                         "  docker.io/library/redis:8: not pinned\n"
                         "  docker.io/library/redis:7: pinned, but nothing uses it",
                         kCommand));
}

TEST(LockCheckTest, NewAndFormerFiles) {
  LockFile lock = TestLock();
  Skeleton other = lock.configs[0];
  other.set_config("//os:site.yml");
  EXPECT_EQ(ErrorOf(lock, Want({other})),
            absl::StrCat(kHead,
                         "  //os:site.yml: not in the lock file\n"
                         "  //os:my.yml: in the lock file, and no linuxkit.config",
                         kCommand));
}

TEST(LockCheckTest, AnotherPlatform) {
  EXPECT_EQ(ErrorOf(TestLock(), Want({TestSkeleton(kYaml)}, {"linux/arm64"})),
            absl::StrCat(kHead,
                         "  platforms: found linux/amd64; expected linux/arm64\n"
                         "  docker.io/library/redis:7: not pinned for linux/arm64\n"
                         "  docker.io/library/redis:7: pinned for linux/amd64 without need",
                         kCommand, " -- --platform=linux/arm64"));
}

TEST(LockCheckTest, MissingPlatformOfOneImage) {
  LockFile lock = TestLock();
  lock.platforms = {"linux/amd64", "linux/arm64"};
  EXPECT_EQ(
      ErrorOf(lock, Want({TestSkeleton(kYaml)}, lock.platforms)),
      absl::StrCat(kHead, "  docker.io/library/redis:7: not pinned for linux/arm64", kCommand));
}

TEST(LockCheckTest, AnotherOrder) {
  const Skeleton before =
      TestSkeleton("services: [{name: a, image: ':a'}, {name: b, image: ':b'}]");
  const Skeleton after = TestSkeleton("services: [{name: b, image: ':b'}, {name: a, image: ':a'}]");
  EXPECT_EQ(
      ErrorOf({.platforms = {"linux/amd64"}, .configs = {before}, .images = {}}, Want({after})),
      absl::StrCat(kHead,
                   "  //os:my.yml: sections, names or images have changed:\n"
                   "    ~ services: in another order",
                   kCommand));
}

TEST(LockCheckTest, Reformatted) {
  const LockFile lock = TestLock();
  EXPECT_EQ(
      CheckLock("linuxkit.lock.json", LockFileText(lock) + "\n", lock, Want({TestSkeleton(kYaml)}))
          .message(),
      absl::StrCat(
          kHead,
          "  the text is not as the command writes it, line 36: found \"\"; expected the end "
          "of the file",
          kCommand));
}

TEST(LockCheckTest, WithoutTheLastLineBreak) {
  const LockFile lock = TestLock();
  const std::string text = LockFileText(lock);
  EXPECT_EQ(
      CheckLock("linuxkit.lock.json", text.substr(0, text.size() - 1), lock,
                Want({TestSkeleton(kYaml)}))
          .message(),
      absl::StrCat(kHead,
                   "  the text is not as the command writes it, line 35: found no line break; "
                   "expected one",
                   kCommand));
}

TEST(LockCheckTest, EditedByHand) {
  const LockFile lock = TestLock();
  const std::string text =
      absl::StrReplaceAll(LockFileText(lock), {{"\"version\": 1,", "\"version\":  1,"}});
  EXPECT_EQ(
      CheckLock("linuxkit.lock.json", text, lock, Want({TestSkeleton(kYaml)})).message(),
      absl::StrCat(kHead,
                   "  the text is not as the command writes it, line 2: found \"\\\"version\\\": "
                   " 1,\"; expected \"\\\"version\\\": 1,\"",
                   kCommand));
}

}  // namespace
}  // namespace linuxkit
