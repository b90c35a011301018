#include "tools/oci/reference.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct GoodCase {
  std::string text;
  std::string full;
  std::string host;
  std::string repository;
  std::string object;
};

class GoodReference : public testing::TestWithParam<GoodCase> {};

TEST_P(GoodReference, Expands) {
  const auto reference = ImageReference::Parse(GetParam().text);
  ASSERT_THAT(reference, IsOk()) << GetParam().text;
  EXPECT_EQ(reference->ToString(), GetParam().full) << GetParam().text;
  EXPECT_EQ(reference->Host(), GetParam().host) << GetParam().text;
  EXPECT_EQ(reference->Repository(), GetParam().repository) << GetParam().text;
  EXPECT_EQ(reference->Object(), GetParam().object) << GetParam().text;
}

TEST_P(GoodReference, FullFormIsStable) {
  const auto reference = ImageReference::Parse(GetParam().full);
  ASSERT_THAT(reference, IsOk()) << GetParam().full;
  EXPECT_EQ(reference->ToString(), GetParam().full);
  EXPECT_EQ(reference->Repository(), GetParam().repository);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodReference,
    testing::Values(
        GoodCase{"redis", "docker.io/library/redis", "docker.io", "library/redis", "latest"},
        GoodCase{"redis:7", "docker.io/library/redis:7", "docker.io", "library/redis", "7"},
        GoodCase{"redis@sha256:" HEX, "docker.io/library/redis@sha256:" HEX, "docker.io",
                 "library/redis", "sha256:" HEX},
        GoodCase{"redis:7@sha256:" HEX, "docker.io/library/redis:7@sha256:" HEX, "docker.io",
                 "library/redis", "sha256:" HEX},
        GoodCase{"linuxkit/init:x", "docker.io/linuxkit/init:x", "docker.io", "linuxkit/init", "x"},
        GoodCase{"localhost/app", "localhost/app", "localhost", "app", "latest"},
        GoodCase{"localhost:5000/app:1", "localhost:5000/app:1", "localhost:5000", "app", "1"},
        GoodCase{"example.com/app:1", "example.com/app:1", "example.com", "app", "1"},
        GoodCase{"[::1]:5000/app:1", "[::1]:5000/app:1", "[::1]:5000", "app", "1"},
        GoodCase{"example.com:80/a/b:1", "example.com:80/a/b:1", "example.com:80", "a/b", "1"},
        // Two slashes or more: unchanged, and not a host.
        GoodCase{"a/b/c:1", "a/b/c:1", "docker.io", "a/b/c", "1"},
        GoodCase{"docker.io/redis:7", "docker.io/redis:7", "docker.io", "library/redis", "7"},
        GoodCase{"index.docker.io/library/redis:7", "index.docker.io/library/redis:7", "docker.io",
                 "library/redis", "7"},
        GoodCase{"example.com//a/./b:1", "example.com/a/b:1", "example.com", "a/b", "1"},
        GoodCase{"example.com/a__b/c---d/e.f_g", "example.com/a__b/c---d/e.f_g", "example.com",
                 "a__b/c---d/e.f_g", "latest"}));

struct BadCase {
  std::string text;
  std::string error;
};

class BadReference : public testing::TestWithParam<BadCase> {};

TEST_P(BadReference, Refused) {
  EXPECT_EQ(ImageReference::Parse(GetParam().text).status().message(), GetParam().error);
}

constexpr char kNameRule[] =
    "expected lower-case letters and digits with \".\", \"_\", \"__\" or \"-\" between";
constexpr char kTagRule[] =
    "expected 1 to 128 letters, digits, \".\", \"_\" and \"-\", not beginning with \".\" or \"-\"";

INSTANTIATE_TEST_SUITE_P(
    Table, BadReference,
    testing::Values(
        BadCase{"", "image reference \"\": found nothing; expected a name like \"alpine:3.20\""},
        BadCase{"https://example.com/x",
                "image reference \"https://example.com/x\": found \"://\"; expected a name without "
                "scheme, like \"docker.io/library/redis:7\""},
        BadCase{"Redis", absl::StrCat("image reference \"Redis\": found \"Redis\" in the name; ",
                                      kNameRule)},
        BadCase{"example.com/../x",
                absl::StrCat("image reference \"example.com/../x\": found \"..\" in the name; ",
                             kNameRule)},
        BadCase{"a..b",
                absl::StrCat("image reference \"a..b\": found \"a..b\" in the name; ", kNameRule)},
        BadCase{"a___b", absl::StrCat("image reference \"a___b\": found \"a___b\" in the name; ",
                                      kNameRule)},
        BadCase{"a\n",
                absl::StrCat("image reference \"a\\n\": found \"a\\n\" in the name; ", kNameRule)},
        BadCase{"example.com/:1",
                "image reference \"example.com/:1\": found no name after the "
                "host; expected HOST/NAME"},
        BadCase{"exa mple.com/x/y",
                "image reference \"exa mple.com/x/y\": found the host \"exa mple.com\"; expected a "
                "host name or address, and perhaps a port"},
        BadCase{"redis:",
                absl::StrCat("image reference \"redis:\": found the tag \"\"; ", kTagRule)},
        BadCase{"redis:-1",
                absl::StrCat("image reference \"redis:-1\": found the tag \"-1\"; ", kTagRule)},
        BadCase{"redis:1:2",
                absl::StrCat("image reference \"redis:1:2\": found the tag \"1:2\"; ", kTagRule)},
        BadCase{"redis@sha256:12",
                "image reference \"redis@sha256:12\": found the digest \"sha256:12\"; expected "
                "\"sha256:\" and 64 lower-case hex digits"},
        BadCase{"redis@",
                "image reference \"redis@\": found the digest \"\"; expected \"sha256:\" "
                "and 64 lower-case hex digits"}));

TEST(ImageReference, NameOf256Bytes) {
  const std::string name(256 - std::string("docker.io/library/").size(), 'a');
  EXPECT_EQ(ImageReference::Parse(name).status().message(),
            absl::StrCat("image reference \"", name,
                         "\": found a name of 256 bytes; expected at most 255"));
}

TEST(ImageReference, TagOf128Bytes) {
  const std::string tag(128, 't');
  EXPECT_THAT(ImageReference::Parse("a:" + tag), IsOk());
  EXPECT_FALSE(ImageReference::Parse("a:t" + tag).ok());
}

TEST(ImageReference, WithDigestDropsTheTag) {
  const auto reference = ImageReference::Parse("redis:7");
  ASSERT_THAT(reference, IsOk());
  EXPECT_EQ(reference->WithDigest("sha256:" HEX).ToString(), "docker.io/library/redis@sha256:" HEX);
}

}  // namespace
}  // namespace linuxkit
