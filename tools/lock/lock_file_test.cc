#include "tools/lock/lock_file.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tools/base/sha256.h"
#include "tools/lock/testing/test_lock.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

constexpr char kPath[] = "linuxkit.lock.json";
constexpr char kRemedy[] =
    "; restore the file: git checkout linuxkit.lock.json, or resolve every image anew: "
    "rm linuxkit.lock.json && bazel run @linuxkit//:lock";

LockFile TestLock() {
  return {.platforms = {"linux/amd64", "linux/arm64"},
          .configs = {TestSkeleton("init: [redis]\nservices: [{name: web, image: 'nginx:1'}]")},
          .images = {
              MakeTestImage("nginx", "docker.io/library/nginx:1", {"linux/amd64", "linux/arm64"}),
              MakeTestImage("redis", "docker.io/library/redis")}};
}

// What an edit of a lock file by hand leads to.
std::string ErrorAfter(const std::string& from, const std::string& to) {
  const std::string text = LockFileText(TestLock());
  EXPECT_NE(text.find(from), text.npos) << from;
  return std::string(
      ParseLockFile(kPath, absl::StrReplaceAll(text, {{from, to}})).status().message());
}

TEST(LockFileTextTest, Empty) {
  EXPECT_EQ(LockFileText({.platforms = {"linux/amd64"}}),
            "{\n"
            "  \"version\": 1,\n"
            "  \"platforms\": [\"linux/amd64\"],\n"
            "  \"configs\": [],\n"
            "  \"images\": []\n"
            "}\n");
}

TEST(LockFileTextTest, OneImage) {
  const LockedImage image = MakeTestImage("redis", "docker.io/library/redis");
  const LockedPlatform& platform = image.platforms[0];
  const std::string layer = platform.content.layers[0].digest;
  EXPECT_EQ(
      LockFileText({.platforms = {"linux/amd64"},
                    .configs = {TestSkeleton("init: [redis]")},
                    .images = {image}}),
      absl::StrCat(
          "{\n"
          "  \"version\": 1,\n"
          "  \"platforms\": [\"linux/amd64\"],\n"
          "  \"configs\": [\n"
          "    {\n"
          "      \"config\": \"//os:my.yml\",\n"
          "      \"init\": [\n"
          "        {\"text\": \"redis\", \"reference\": \"docker.io/library/redis\"}\n"
          "      ]\n"
          "    }\n"
          "  ],\n"
          "  \"images\": [\n"
          "    {\n"
          "      \"name\": \"redis\",\n"
          "      \"reference\": \"docker.io/library/redis\",\n"
          "      \"digest\": \"",
          image.digest,
          "\",\n"
          "      \"media_type\": \"application/vnd.oci.image.index.v1+json\",\n"
          "      \"platforms\": [\n"
          "        {\n"
          "          \"platform\": \"linux/amd64\",\n"
          "          \"manifest\": {\"media_type\": "
          "\"application/vnd.oci.image.manifest.v1+json\", \"digest\": \"",
          platform.manifest.digest, "\", \"size\": ", platform.manifest_json.size(),
          "},\n"
          "          \"config\": {\"media_type\": "
          "\"application/vnd.oci.image.config.v1+json\", \"digest\": \"",
          platform.content.config.digest, "\", \"size\": ", platform.config_json.size(),
          "},\n"
          "          \"layers\": [\n"
          "            {\"media_type\": \"application/vnd.oci.image.layer.v1.tar+gzip\", "
          "\"digest\": \"",
          layer,
          "\", \"size\": 1000}\n"
          "          ],\n"
          "          \"manifest_json\": \"{\\n\\t\\\"schemaVersion\\\": 2,\\n   \\\"config\\\": "
          "{\\\"mediaType\\\": \\\"application/vnd.oci.image.config.v1+json\\\", \\\"digest\\\": "
          "\\\"",
          platform.content.config.digest, "\\\", \\\"size\\\": ", platform.config_json.size(),
          "},\\n   \\\"layers\\\": [{\\\"mediaType\\\": "
          "\\\"application/vnd.oci.image.layer.v1.tar+gzip\\\", \\\"digest\\\": \\\"",
          layer,
          "\\\", \\\"size\\\": 1000}]\\n}\",\n"
          // The characters themselves.
          "          \"config_json\": \"{\\\"seed\\\": \\\"docker.io/library/redis 1 "
          "linux/amd64\\\", \\\"motto\\\": \\\"déjà vu\\\"}\\n\"\n"
          "        }\n"
          "      ]\n"
          "    }\n"
          "  ]\n"
          "}\n"));
}

TEST(ParseLockFileTest, WhatWasWritten) {
  const std::string text = LockFileText(TestLock());
  const auto lock = ParseLockFile(kPath, text);
  ASSERT_THAT(lock, IsOk());
  EXPECT_EQ(LockFileText(*lock), text);
}

TEST(ParseLockFileTest, Layout) {
  const LockFile lock = {.images = {MakeTestLayout("redis", "redis", {"linux/amd64"})}};
  const std::string text = LockFileText(lock);
  EXPECT_EQ(LockFileText(ParseLockFile(kPath, text).value()), text);
  // A digest that the image does not have.
  const std::string other = "sha256:" + std::string(64, '0');
  EXPECT_EQ(ParseLockFile(kPath, absl::StrReplaceAll(text, {{lock.images[0].digest, other}}))
                .status()
                .message(),
            absl::StrCat("linuxkit.lock.json: images[0].index.json: found content of digest ",
                         lock.images[0].digest, "; expected ", other, kRemedy));
}

TEST(ParseLockFileTest, FormattedByAnotherTool) {
  const std::string text = LockFileText(TestLock());
  const auto lock = ParseLockFile(kPath, absl::StrReplaceAll(text, {{"\n  ", "\n\t"}}));
  ASSERT_THAT(lock, IsOk());
  EXPECT_EQ(LockFileText(*lock), text);
}

TEST(ParseLockFileTest, MergeConflict) {
  EXPECT_EQ(
      ErrorAfter("  \"images\": [\n", "  \"images\": [\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"),
      "linuxkit.lock.json:16: found a merge conflict; expected one lock. Take either side, "
      "what it lacks is added: git checkout --theirs linuxkit.lock.json && bazel run "
      "@linuxkit//:lock");
}

TEST(ParseLockFileTest, OnlyTheEndOfAConflict) {
  EXPECT_EQ(ErrorAfter("  \"images\": [\n", "  \"images\": [\n>>>>>>> theirs\n").substr(0, 46),
            "linuxkit.lock.json:16: found a merge conflict;");
}

TEST(ParseLockFileTest, NoJson) {
  EXPECT_EQ(ErrorAfter("\"version\": 1,", "\"version\": 1;"),
            absl::StrCat("linuxkit.lock.json:2: found \";\"; expected valid JSON", kRemedy));
}

TEST(ParseLockFileTest, Truncated) {
  const std::string text = LockFileText(TestLock());
  EXPECT_EQ(ParseLockFile(kPath, text.substr(0, text.size() - 2)).status().message(),
            absl::StrCat("linuxkit.lock.json:63: found the end; expected valid JSON", kRemedy));
}

TEST(ParseLockFileTest, EmptyFile) {
  EXPECT_EQ(ParseLockFile(kPath, "").status().message(),
            absl::StrCat("linuxkit.lock.json:1: found the end; expected valid JSON", kRemedy));
}

constexpr char kVersionRemedy[] =
    "; expected 1. Use the rules_linuxkit that wrote the file, or resolve every image anew: "
    "rm linuxkit.lock.json && bazel run @linuxkit//:lock";

TEST(ParseLockFileTest, OtherVersion) {
  EXPECT_EQ(ErrorAfter("\"version\": 1", "\"version\": 2"),
            absl::StrCat("linuxkit.lock.json:2: found version 2", kVersionRemedy));
}

TEST(ParseLockFileTest, NoVersion) {
  EXPECT_EQ(ParseLockFile(kPath, "[]").status().message(),
            absl::StrCat("linuxkit.lock.json:1: found no version", kVersionRemedy));
}

TEST(ParseLockFileTest, MissingKey) {
  EXPECT_EQ(ErrorAfter("\"images\"", "\"image\""),
            absl::StrCat("linuxkit.lock.json: \"images\" is missing", kRemedy));
}

TEST(ParseLockFileTest, NoPlatform) {
  EXPECT_EQ(ErrorAfter("[\"linux/amd64\", ", "[\"amd64\", "),
            absl::StrCat("linuxkit.lock.json: platforms[0]: found \"amd64\"; expected a platform "
                         "like \"linux/amd64\"",
                         kRemedy));
}

TEST(ParseLockFileTest, UnknownKeyOfASkeleton) {
  EXPECT_EQ(ErrorAfter("\"services\"", "\"service\""),
            absl::StrCat("linuxkit.lock.json: configs[0]: unknown key \"service\"; did you mean "
                         "\"services\"?",
                         kRemedy));
}

TEST(ParseLockFileTest, EditedManifest) {
  const LockedPlatform before = TestLock().images[1].platforms[0];
  LockedPlatform after = before;
  EXPECT_EQ(
      ErrorAfter("\"config_json\": \"{\\\"seed\\\": \\\"docker.io/library/redis 1",
                 "\"config_json\": \"{\\\"seed\\\": \\\"docker.io/library/redis 2"),
      absl::StrCat(
          "linuxkit.lock.json: images[1].platforms[0].config_json: found content of "
          "digest ",
          OciDigest(Sha256Of(absl::StrReplaceAll(before.config_json, {{"redis 1", "redis 2"}}))),
          "; expected ", before.content.config.digest, kRemedy));
}

TEST(ParseLockFileTest, AnImageTwice) {
  LockFile lock = TestLock();
  lock.images.push_back(lock.images[0]);
  EXPECT_EQ(ParseLockFile(kPath, LockFileText(lock)).status().message(),
            absl::StrCat("linuxkit.lock.json: images[2]: found docker.io/library/nginx:1 again; "
                         "expected each image once",
                         kRemedy));
}

// Each byte in turn: an error or a lock, never a crash.
TEST(ParseLockFileTest, FlippedBytes) {
  const std::string text = LockFileText(
      {.platforms = {"linux/amd64"}, .images = {MakeTestImage("a", "docker.io/library/a")}});
  int refused = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    const auto lock = ParseLockFile(kPath, damaged);
    if (!lock.ok()) ++refused;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace linuxkit
