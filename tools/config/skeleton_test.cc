#include "tools/config/skeleton.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/config/config.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

Skeleton SkeletonOf(const std::string& text) {
  const auto configs = ParseConfigs({{.path = "os/my.yml", .label = "//os:my.yml", .text = text}});
  EXPECT_THAT(configs, IsOk());
  if (!configs.ok()) return {};
  const auto skeleton = MakeSkeleton(configs->front(), "//os:my.yml");
  EXPECT_THAT(skeleton, IsOk());
  return skeleton.value_or(Skeleton());
}

constexpr char kEverything[] = R"(
kernel: {image: 'linuxkit/kernel:6.12', cmdline: x, ucode: intel-ucode.cpio}
init: ['linuxkit/init:1', '@pkg:../pkg/runc']
onboot:
  - {name: dhcp, image: //runtime:dhcp}
onshutdown:
  - {name: bye, image: busybox}
services:
  - {name: web, image: ':web', uid: dhcp, gid: 5, additionalGids: [web, root, dhcp]}
volumes:
  - {name: data}
  - {name: images, image: 'redis:7', readonly: true, format: oci, platforms: [linux/arm64/v8]}
files:
  - {path: a, source: keys/a, uid: web}
  - {path: b, source: ~/.ssh/b, optional: true}
  - {path: c, source: keys/a}
  - {path: d, metadata: yaml}
  - {path: e, metadata: json}
  - {path: f, contents: ''}
)";

constexpr char kEverythingJson[] = R"({
  "config": "//os:my.yml",
  "kernel": {"image": {"text": "linuxkit/kernel:6.12", "reference": "docker.io/linuxkit/kernel:6.12"}, "ucode": "intel-ucode.cpio"},
  "init": [
    {"text": "linuxkit/init:1", "reference": "docker.io/linuxkit/init:1"},
    {"text": "@pkg:../pkg/runc", "package": "pkg/runc"}
  ],
  "onboot": [
    {"name": "dhcp", "image": {"text": "//runtime:dhcp", "label": "//runtime:dhcp"}}
  ],
  "onshutdown": [
    {"name": "bye", "image": {"text": "busybox", "reference": "docker.io/library/busybox"}}
  ],
  "services": [
    {"name": "web", "image": {"text": ":web", "label": "//os:web"}, "id_names": ["dhcp", "web"]}
  ],
  "volumes": [
    {"name": "data"},
    {"name": "images", "image": {"text": "redis:7", "reference": "docker.io/library/redis:7"}, "readonly": true, "format": "oci", "platforms": ["linux/arm64/v8"]}
  ],
  "files": {"sources": [{"text": "keys/a", "label": "//os:keys/a"}, {"text": "~/.ssh/b", "host": "~/.ssh/b", "optional": true}], "id_names": ["web"], "metadata": ["json", "yaml"]}
}
)";

TEST(SkeletonTest, EverythingAsJson) {
  EXPECT_EQ(SkeletonJson(SkeletonOf(kEverything)), kEverythingJson);
}

TEST(SkeletonTest, NothingAsJson) {
  EXPECT_EQ(SkeletonJson(SkeletonOf("{}")), "{\n  \"config\": \"//os:my.yml\"\n}\n");
}

TEST(SkeletonTest, JsonIsReadBack) {
  const auto skeletons =
      ParseSkeletons(absl::StrCat("{\"configs\": [", kEverythingJson, "]}"), {.name = "s.json"});
  ASSERT_THAT(skeletons, IsOk());
  ASSERT_EQ(skeletons->configs_size(), 1);
  EXPECT_EQ(skeletons->configs(0).SerializeAsString(), SkeletonOf(kEverything).SerializeAsString());
}

TEST(SkeletonTest, JsonWithUnknownKey) {
  EXPECT_EQ(
      ParseSkeletons("{\"configs\": [{\"inits\": []}]}", {.name = "s.json"}).status().message(),
      "s.json: configs[0]: unknown key \"inits\"; did you mean \"init\"?");
}

TEST(SkeletonTest, KernelWithoutImageIsNone) {
  EXPECT_FALSE(SkeletonOf("kernel: {cmdline: x, tar: none}").has_kernel());
}

TEST(SkeletonTest, MicrocodeTakenAway) {
  EXPECT_EQ(SkeletonOf("kernel: {ucode: ''}").ShortDebugString(),
            "config: \"//os:my.yml\" kernel { ucode: \"\" }");
}

TEST(SkeletonTest, EditsThatNeedNoLock) {
  const Skeleton before =
      SkeletonOf("kernel: {image: k, cmdline: a}\nservices: [{name: s, image: x}]");
  const Skeleton after = SkeletonOf(
      "kernel: {image: k, cmdline: b, tar: none}\n# moved\nservices: [{name: s, image: x, env: "
      "[A=b], uid: 5}]");
  EXPECT_THAT(CheckSkeleton("os/my.yml", before, after), IsOk());
}

TEST(CheckSkeletonTest, WhatDiffers) {
  const Skeleton locked = SkeletonOf(
      "init: [a]\nservices: [{name: s, image: x}, {name: gone, image: x}]\nvolumes: [{name: v}]");
  const Skeleton actual = SkeletonOf(
      "init: [a, b]\nservices: [{name: s, image: 'y:1'}]\nvolumes: [{name: v, readonly: true}]\n"
      "files: [{path: p, source: q}]");
  EXPECT_EQ(CheckSkeleton("os/my.yml", locked, actual).message(),
            "os/my.yml: sections, names or images are not those of the lock file:\n"
            "  + files: sources \"q\"\n"
            "  + init: \"b\"\n"
            "  + services: name \"s\", image \"y:1\"\n"
            "  + volumes: name \"v\", readonly true\n"
            "  - services: name \"gone\", image \"x\"\n"
            "  - services: name \"s\", image \"x\"\n"
            "  - volumes: name \"v\"\n"
            "To bring the lock file up to date: bazel run @linuxkit//:lock");
}

TEST(CheckSkeletonTest, SourceThatBecomesOptional) {
  EXPECT_EQ(CheckSkeleton("os/my.yml", SkeletonOf("files: [{path: p, source: q}]"),
                          SkeletonOf("files: [{path: p, source: q, optional: true}]"))
                .message(),
            "os/my.yml: sections, names or images are not those of the lock file:\n"
            "  + files: sources \"q\", optional\n"
            "  - files: sources \"q\"\n"
            "To bring the lock file up to date: bazel run @linuxkit//:lock");
}

TEST(CheckSkeletonTest, OrderAlone) {
  EXPECT_EQ(
      CheckSkeleton("os/my.yml", SkeletonOf("init: [a, b]"), SkeletonOf("init: [b, a]")).message(),
      "os/my.yml: sections, names or images are not those of the lock file:\n"
      "  ~ init: in another order\n"
      "To bring the lock file up to date: bazel run @linuxkit//:lock");
}

}  // namespace
}  // namespace linuxkit
