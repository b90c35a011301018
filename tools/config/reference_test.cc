#include "tools/config/reference.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct Case {
  const char* text;
  const char* expected;
};

TEST(ReferenceTest, Expansion) {
  constexpr Case kCases[] = {
      {"redis", "docker.io/library/redis"},
      {"redis:7", "docker.io/library/redis:7"},
      {"redis@sha256:" HEX, "docker.io/library/redis@sha256:" HEX},
      {"redis:7@sha256:" HEX, "docker.io/library/redis:7@sha256:" HEX},
      {"linuxkit/init:x", "docker.io/linuxkit/init:x"},
      {"localhost/init:x", "localhost/init:x"},
      {"example.com/init:x", "example.com/init:x"},
      {"host:5000/init:x", "host:5000/init:x"},
      {"host:5000/init", "host:5000/init"},
      {"a/b/c:1", "a/b/c:1"},
  };
  for (const auto& [text, expected] : kCases) {
    const auto reference = ExpandReference(text);
    EXPECT_EQ(reference.ok() ? *reference : std::string(reference.status().message()), expected);
  }
}

TEST(ReferenceTest, Invalid) {
  for (const char* text : {"redis:", "redis@", "redis@sha256:00", "Redis", "a/", "/a", "a//",
                           "x/../../y/z", "a/./b", "a//b", "a b", "a\nb", "~"}) {
    EXPECT_FALSE(ExpandReference(text).ok()) << text;
  }
}

std::string Describe(const absl::StatusOr<ImageName>& name) {
  if (!name.ok()) return std::string(name.status().message());
  const char* kinds[] = {"reference", "label", "package"};
  return absl::StrCat(kinds[static_cast<int>(name->kind)], " ", name->text);
}

TEST(ImageNameTest, InPackageOs) {
  constexpr Case kCases[] = {
      {"redis", "reference docker.io/library/redis"},
      {":web", "label //os:web"},
      {"//web", "label //web:web"},
      {"//a/b", "label //a/b:b"},
      {"//:x", "label //:x"},
      {"//a:b/c", "label //a:b/c"},
      {"@r//a", "label @r//a:a"},
      {"@@r+//a:b", "label @@r+//a:b"},
      {"@r", "label @r//:r"},
      {"@pkg:../pkg/init", "package pkg/init"},
      {"@pkg:init", "package os/init"},
      {"@pkg:/init", "package os/init"},
  };
  for (const auto& [text, expected] : kCases) {
    EXPECT_EQ(Describe(ParseImageName(text, "//os")), expected) << text;
  }
}

TEST(ImageNameTest, InAnotherRepository) {
  EXPECT_EQ(Describe(ParseImageName(":x", "@@base+//os")), "label @@base+//os:x");
  EXPECT_EQ(Describe(ParseImageName("//web:y", "@@base+//os")), "label @@base+//web:y");
  EXPECT_EQ(Describe(ParseImageName("@pkg:x", "@@base+//os")), "package os/x");
}

TEST(ImageNameTest, InvalidLabels) {
  for (const char* text : {"//", ":", "@", "//a:", "//a/:b", "///a", "//a//b", "@r/a", "//a:../b",
                           "//a:b:c", "@r\\//a"}) {
    EXPECT_EQ(Describe(ParseImageName(text, "//os")).substr(0, 14), "invalid label:") << text;
  }
}

std::string Describe(const absl::StatusOr<SourceName>& name) {
  if (!name.ok()) return std::string(name.status().message());
  return absl::StrCat(name->kind == SourceName::Kind::kHost ? "host " : "label ", name->text);
}

TEST(SourceNameTest, InPackageOs) {
  constexpr Case kCases[] = {
      {"keys/id.pub", "label //os:keys/id.pub"},
      {"./keys/../id.pub", "label //os:id.pub"},
      {":id.pub", "label //os:id.pub"},
      {"//keys:id.pub", "label //keys:id.pub"},
      {"a b", "label //os:a b"},
      {"/etc/hosts", "host /etc/hosts"},
      {"~/.ssh/id.pub", "host ~/.ssh/id.pub"},
  };
  for (const auto& [text, expected] : kCases) {
    EXPECT_EQ(Describe(ParseSourceName(text, "//os")), expected) << text;
  }
}

TEST(SourceNameTest, InvalidPaths) {
  for (const char* text : {".", "..", "../x", "a:b", "a\\b", "a\x01"}) {
    EXPECT_EQ(Describe(ParseSourceName(text, "//os")).substr(0, 15), "invalid source:") << text;
  }
}

TEST(PackageOfTest, Labels) {
  EXPECT_EQ(PackageOf("//os:my.yml"), "//os");
  EXPECT_EQ(PackageOf("//:my.yml"), "//");
  EXPECT_EQ(PackageOf("@@r+//a/b:my.yml"), "@@r+//a/b");
  EXPECT_EQ(PackageOf(""), "//");
}

}  // namespace
}  // namespace linuxkit
