#include "tools/lock/lock_plan.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/lock/testing/test_lock.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kRedis[] = "docker.io/library/redis:7";
constexpr char kNginx[] = "docker.io/library/nginx:1";

Wanted MustWant(const std::string& yaml, const std::vector<std::string>& references = {},
                const std::vector<std::string>& platforms = {"linux/amd64"}) {
  auto wanted = WantedOf({TestSkeleton(yaml)}, references, platforms);
  EXPECT_THAT(wanted, IsOk());
  return *std::move(wanted);
}

LockPlan MustPlan(const LockFile& old, const Wanted& wanted, const Upgrades& upgrades = {}) {
  auto plan = MakeLockPlan(old, wanted, upgrades);
  EXPECT_THAT(plan, IsOk());
  return *std::move(plan);
}

std::vector<std::string> Kept(const LockPlan& plan) {
  std::vector<std::string> references;
  for (const LockedImage& image : plan.kept.images) references.push_back(image.reference);
  return references;
}

// "OBJECT for PLATFORM, PLATFORM".
std::vector<std::string> Requests(const LockPlan& plan) {
  std::vector<std::string> lines;
  for (const PinRequest& request : plan.requests) {
    lines.push_back(absl::StrCat(
        request.object.ToString(), " for ",
        absl::StrJoin(request.platforms, ", ", [](std::string* out, const Platform& platform) {
          out->append(platform.ToString());
        })));
  }
  return lines;
}

TEST(WantedTest, ReferencesOfEverySection) {
  const Wanted wanted = MustWant(R"(
kernel: {image: 'a/kernel:1'}
init: ['a/init:1', ':runtime', '@pkg:../runc']
onboot: [{name: a, image: 'a/onboot:1'}, {name: b, image: //web}]
onshutdown: [{name: a, image: 'a/onshutdown:1'}]
services: [{name: a, image: 'a/service:1'}, {name: b, image: 'a/service:1'}]
volumes: [{name: a}, {name: b, image: 'a/volume:1'}]
)");
  const auto amd64 = ElementsAre("linux/amd64");
  EXPECT_THAT(
      wanted.images,
      ElementsAre(Pair("docker.io/a/init:1", amd64), Pair("docker.io/a/kernel:1", amd64),
                  Pair("docker.io/a/onboot:1", amd64), Pair("docker.io/a/onshutdown:1", amd64),
                  Pair("docker.io/a/service:1", amd64), Pair("docker.io/a/volume:1", amd64)));
}

TEST(WantedTest, ReferencesOfNoFile) {
  EXPECT_THAT(MustWant("init: ['redis:7']", {"redis:7", "nginx:1"}).images,
              ElementsAre(Pair(kNginx, ElementsAre("linux/amd64")),
                          Pair(kRedis, ElementsAre("linux/amd64"))));
}

TEST(WantedTest, PlatformsAreSortedAndThereOnce) {
  EXPECT_THAT(MustWant("{}", {}, {"linux/arm64", "linux/amd64", "linux/arm64"}).platforms,
              ElementsAre("linux/amd64", "linux/arm64"));
}

TEST(WantedTest, VolumeWithItsOwnPlatforms) {
  EXPECT_THAT(
      MustWant("volumes:\n"
               "- {name: a, image: 'redis:7', format: oci, platforms: [linux/arm64]}\n"
               "- {name: b, image: 'nginx:1', format: filesystem, platforms: [linux/arm64]}")
          .images,
      ElementsAre(Pair(kNginx, ElementsAre("linux/amd64")), Pair(kRedis, IsEmpty())));
}

// What two volumes hold of one image is there once.
TEST(WantedTest, PlatformsOfLayouts) {
  const auto layout = [](const std::string& volumes) {
    return MustWant(absl::StrCat("volumes:\n", volumes)).layouts.at(kRedis);
  };
  const std::string arm = "- {name: a, image: 'redis:7', format: oci, platforms: [linux/arm64]}\n";
  EXPECT_THAT(*layout(arm + "- {name: b, image: 'redis:7', format: oci, platforms: [linux/s390x]}"),
              ElementsAre("linux/arm64", "linux/s390x"));
  EXPECT_EQ(layout(arm + "- {name: b, image: 'redis:7', format: oci}"), std::nullopt);
  EXPECT_EQ(layout("- {name: b, image: 'redis:7', format: oci}\n" + arm), std::nullopt);
}

TEST(WantedTest, LayoutsOfNoFile) {
  const std::vector<LayoutReference> layouts = {{"redis:7", {"linux/arm64"}}};
  const auto wanted = WantedOf({}, {}, {}, layouts);
  ASSERT_THAT(wanted, IsOk());
  EXPECT_THAT(*wanted->layouts.at(kRedis), ElementsAre("linux/arm64"));
}

TEST(WantedTest, BadPlatform) {
  EXPECT_EQ(WantedOf({}, {}, std::vector<std::string>{"arm64"}).status().message(),
            "platform \"arm64\"; expected os/architecture or os/architecture/variant, like "
            "linux/amd64");
}

TEST(LockPlanTest, NoOldLock) {
  const LockPlan plan = MustPlan({}, MustWant("init: ['redis:7', 'nginx:1']"));
  EXPECT_THAT(Kept(plan), IsEmpty());
  EXPECT_THAT(Requests(plan), ElementsAre(absl::StrCat(kNginx, " for linux/amd64"),
                                          absl::StrCat(kRedis, " for linux/amd64")));
}

TEST(LockPlanTest, PinsAreKeptByteForByte) {
  const LockFile old = {.platforms = {"linux/amd64"},
                        .configs = {TestSkeleton("init: ['redis:7']")},
                        .images = {MakeTestImage("mine", kRedis)}};
  LockPlan plan = MustPlan(old, MustWant("init: ['redis:7']\nkernel: {cmdline: new}"));
  EXPECT_THAT(Requests(plan), IsEmpty());
  EXPECT_EQ(LockFileText(FinishLock(std::move(plan.kept), {})), LockFileText(old));
}

TEST(LockPlanTest, WhatNothingUsesIsDropped) {
  const LockFile old = {.images = {MakeTestImage("nginx", kNginx), MakeTestImage("redis", kRedis)}};
  EXPECT_THAT(Kept(MustPlan(old, MustWant("init: ['redis:7']"))), ElementsAre(kRedis));
}

TEST(LockPlanTest, UpgradeAll) {
  const LockFile old = {.images = {MakeTestImage("mine", kRedis)}};
  const LockPlan plan = MustPlan(old, MustWant("init: ['redis:7', 'nginx:1']"), {.all = true});
  EXPECT_THAT(Kept(plan), IsEmpty());
  ASSERT_THAT(Requests(plan), ElementsAre(absl::StrCat(kNginx, " for linux/amd64"),
                                          absl::StrCat(kRedis, " for linux/amd64")));
  EXPECT_EQ(plan.requests[1].name, "mine");
}

TEST(LockPlanTest, UpgradeOneAsWrittenInTheYaml) {
  const LockFile old = {.images = {MakeTestImage("nginx", kNginx), MakeTestImage("redis", kRedis)}};
  const LockPlan plan =
      MustPlan(old, MustWant("init: ['redis:7', 'nginx:1']"), {.references = {"redis:7"}});
  EXPECT_THAT(Kept(plan), ElementsAre(kNginx));
  EXPECT_THAT(Requests(plan), ElementsAre(absl::StrCat(kRedis, " for linux/amd64")));
}

TEST(LockPlanTest, UpgradeInFull) {
  const LockFile old = {.images = {MakeTestImage("redis", kRedis)}};
  EXPECT_THAT(Requests(MustPlan(old, MustWant("init: ['redis:7']"), {.references = {kRedis}})),
              ElementsAre(absl::StrCat(kRedis, " for linux/amd64")));
}

TEST(LockPlanTest, UpgradeOfWhatNobodyWants) {
  const Wanted wanted = MustWant("init: ['redis:7', 'nginx:1']");
  EXPECT_EQ(MakeLockPlan({}, wanted, {.references = {"redis:8"}}).status().message(),
            "--upgrade=redis:8: no YAML file names docker.io/library/redis:8; did you mean "
            "docker.io/library/redis:7?");
  EXPECT_EQ(
      MakeLockPlan({}, wanted, {.references = {"example.com/something/else"}}).status().message(),
      "--upgrade=example.com/something/else: no YAML file names "
      "example.com/something/else; expected a reference that stands in one, as it stands "
      "there or in full");
}

// The tag may name another image by now; a new platform must not bring it.
TEST(LockPlanTest, FurtherPlatformOfThePinnedDigest) {
  const LockFile old = {.images = {MakeTestImage("mine", kRedis)}};
  const LockPlan plan =
      MustPlan(old, MustWant("init: ['redis:7']", {}, {"linux/amd64", "linux/arm64"}));
  ASSERT_THAT(Requests(plan),
              ElementsAre(absl::StrCat("docker.io/library/redis@", old.images[0].digest,
                                       " for linux/amd64, linux/arm64")));
  EXPECT_EQ(plan.requests[0].reference, kRedis);
  EXPECT_EQ(plan.requests[0].name, "mine");
}

TEST(LockPlanTest, FewerPlatformsNeedNoRegistry) {
  const LockFile old = {.images = {MakeTestImage("redis", kRedis, {"linux/amd64", "linux/arm64"})}};
  const LockPlan plan = MustPlan(old, MustWant("init: ['redis:7']"));
  EXPECT_THAT(Requests(plan), IsEmpty());
  ASSERT_EQ(plan.kept.images.at(0).platforms.size(), 1u);
  EXPECT_EQ(plan.kept.images[0].platforms[0].platform, "linux/amd64");
}

constexpr char kLayoutYaml[] =
    "volumes: [{name: a, image: 'redis:7', format: oci, platforms: [linux/arm64]}]";

TEST(LockPlanTest, LayoutIsNarrowedWithoutARegistry) {
  const LockFile old = {
      .images = {MakeTestLayout("redis", kRedis, {"linux/amd64", "linux/arm64"})}};
  const LockPlan plan = MustPlan(old, MustWant(kLayoutYaml));
  EXPECT_THAT(Requests(plan), IsEmpty());
  ASSERT_EQ(plan.kept.images.at(0).index->images.size(), 1u);
  EXPECT_EQ(plan.kept.images[0].index->images[0].platform, "linux/arm64");
  EXPECT_EQ(plan.kept.images[0].index->json, old.images[0].index->json);
}

TEST(LockPlanTest, LayoutThatNobodyHoldsAnyMore) {
  LockedImage image = MakeTestImage("redis", kRedis);
  image.index = MakeTestLayout("redis", kRedis, {"linux/amd64"}).index;
  const LockPlan plan = MustPlan({.images = {image}}, MustWant("init: ['redis:7']"));
  EXPECT_THAT(Requests(plan), IsEmpty());
  EXPECT_FALSE(plan.kept.images.at(0).index.has_value());
}

TEST(LockPlanTest, LayoutOfThePinnedDigest) {
  const LockFile old = {.images = {MakeTestImage("redis", kRedis)}};
  const LockPlan plan = MustPlan(old, MustWant(kLayoutYaml));
  ASSERT_THAT(Requests(plan),
              ElementsAre(absl::StrCat("docker.io/library/redis@", old.images[0].digest, " for ")));
  EXPECT_TRUE(plan.requests[0].has_layout);
  EXPECT_THAT(plan.requests[0].layout_platforms, ElementsAre("linux/arm64"));
}

TEST(LockPlanTest, FinishSortsAndNames) {
  const LockFile lock =
      FinishLock({.images = {MakeTestImage("redis", kRedis)}},
                 {MakeTestImage("", "docker.io/library/redis:6"), MakeTestImage("", kNginx)});
  std::vector<std::string> names;
  for (const LockedImage& image : lock.images) {
    names.push_back(absl::StrCat(image.name, " ", image.reference));
  }
  EXPECT_THAT(names,
              ElementsAre("nginx docker.io/library/nginx:1", "redis_6 docker.io/library/redis:6",
                          "redis docker.io/library/redis:7"));
}

}  // namespace
}  // namespace linuxkit
