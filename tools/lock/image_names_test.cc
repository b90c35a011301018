#include "tools/lock/image_names.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;

constexpr char kDigestA[] =
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kDigestB[] =
    "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

LockedImage New(const std::string& reference, const std::string& digest = kDigestA) {
  return {.reference = reference, .digest = digest};
}

LockedImage Old(const std::string& name, const std::string& reference) {
  return {.name = name, .reference = reference, .digest = kDigestA};
}

std::vector<std::string> NamesOf(std::vector<LockedImage> images) {
  NameImages(images);
  std::vector<std::string> names;
  for (const LockedImage& image : images) names.push_back(image.name);
  return names;
}

TEST(ImageNamesTest, FromTheReference) {
  struct Case {
    const char* reference;
    const char* name;
  };
  constexpr Case kCases[] = {
      {"docker.io/linuxkit/init:v1", "linuxkit_init"},
      {"docker.io/library/redis:7", "redis"},
      {"docker.io/library/redis", "redis"},
      {"ghcr.io/a/b.c/d-e:1", "ghcr.io_a_b.c_d-e"},
      {"localhost:5000/x_y", "localhost_5000_x_y"},
      {"[::1]:5000/x", "___1__5000_x"},
      {"a/b/c:1", "a_b_c"},
  };
  for (const auto& [reference, name] : kCases) {
    EXPECT_THAT(NamesOf({New(reference)}), ElementsAre(name)) << reference;
  }
}

TEST(ImageNamesTest, TwoTags) {
  EXPECT_THAT(NamesOf({New("docker.io/library/redis:6"), New("docker.io/library/redis:7")}),
              ElementsAre("redis", "redis_7"));
}

TEST(ImageNamesTest, TagAndDigest) {
  const std::string plain = "docker.io/library/redis:7";
  EXPECT_THAT(
      NamesOf({New(plain), New(plain + "@" + kDigestA), New(plain + "@" + kDigestB, kDigestB)}),
      ElementsAre("redis", "redis_7", "redis_bbbbbbbbbbbb"));
}

TEST(ImageNamesTest, DigestsAlone) {
  const std::string name = "docker.io/library/redis@";
  EXPECT_THAT(NamesOf({New(name + kDigestA), New(name + kDigestB, kDigestB)}),
              ElementsAre("redis", "redis_bbbbbbbbbbbb"));
}

TEST(ImageNamesTest, EverythingIsTaken) {
  EXPECT_THAT(
      NamesOf({Old("redis", "docker.io/library/x"), Old("redis_7", "docker.io/library/y"),
               Old("redis_aaaaaaaaaaaa", "docker.io/library/z"), New("docker.io/library/redis:7")}),
      ElementsAre("redis", "redis_7", "redis_aaaaaaaaaaaa", "redis_aaaaaaaaaaaa_2"));
}

TEST(ImageNamesTest, OldNamesStay) {
  // redis:6 comes first and gets what redis:7 leaves.
  EXPECT_THAT(NamesOf({New("docker.io/library/redis:6"), Old("redis", "docker.io/library/redis:7"),
                       Old("mine", "docker.io/library/zsh")}),
              ElementsAre("redis_6", "redis", "mine"));
}

TEST(ImageNamesTest, OldNameTwice) {
  EXPECT_THAT(NamesOf({Old("redis", "docker.io/library/redis:6"),
                       Old("redis", "docker.io/library/redis:7")}),
              ElementsAre("redis", "redis_7"));
}

// What reads like one name of two repositories.
TEST(ImageNamesTest, UnderscoreOrSlash) {
  EXPECT_THAT(NamesOf({New("docker.io/a/b:1"), New("docker.io/library/a_b:1")}),
              ElementsAre("a_b", "a_b_1"));
}

}  // namespace
}  // namespace linuxkit
