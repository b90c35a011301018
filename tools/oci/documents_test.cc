#include "tools/oci/documents.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/oci/json.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kDigest =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// Replaces D by a digest and quotes by quotes, so that documents can be read in a table.
std::string Json(std::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "\""}, {"DIGEST", kDigest}});
}

struct ErrorCase {
  std::string document;
  std::string error;
};

TEST(ParseIndexTest, Errors) {
  const std::vector<ErrorCase> cases = {
      {"", "i: line 1, column 1: found the end; expected valid JSON"},
      {"{'schemaVersion': 2,\n  'manifests': [}",
       "i: line 2, column 17: found \"}\"; expected valid JSON"},
      {"[]", "i: found a list of 0; expected an object"},
      {"{}", "i: \"schemaVersion\" is missing"},
      {"{'schemaVersion': 1}", "i: schemaVersion: found 1; expected 2"},
      {"{'schemaVersion': '2'}", "i: schemaVersion: found \"2\"; expected 2"},
      {"{'schemaVersion': 2}", "i: \"manifests\" is missing"},
      {"{'schemaVersion': 2, 'manifests': null}", "i: \"manifests\" is missing"},
      {"{'schemaVersion': 2, 'manifests': {}}", "i: manifests: found an object; expected a list"},
      {"{'schemaVersion': 2, 'mediaType': 'text/html', 'manifests': []}",
       "i: mediaType: found \"text/html\"; expected "
       "\"application/vnd.oci.image.index.v1+json\" or "
       "\"application/vnd.docker.distribution.manifest.list.v2+json\""},
      {"{'schemaVersion': 2, 'manifests': [7]}", "i: manifests[0]: found 7; expected an object"},
      {"{'schemaVersion': 2, 'manifests': [{'mediaType': ''}]}",
       "i: manifests[0].mediaType: found \"\"; expected a string that is not empty"},
      {"{'schemaVersion': 2, 'manifests': [{'mediaType': 'm', 'digest': 'sha256:xyz'}]}",
       "i: manifests[0].digest: found \"sha256:xyz\"; expected \"sha256:\" and 64 lower-case hex "
       "digits"},
      {"{'schemaVersion': 2, 'manifests': [{'mediaType': 'm', 'digest': 'DIGEST', 'size': -1}]}",
       "i: manifests[0].size: found -1; expected a whole number from 0 to 9223372036854775807"},
      {"{'schemaVersion': 2, 'manifests': [{'mediaType': 'm', 'digest': 'DIGEST', 'size': 1e99}]}",
       "i: manifests[0].size: found 1e+99; expected a whole number from 0 to 9223372036854775807"},
      {"{'schemaVersion': 2, 'manifests': [{'mediaType': 'm', 'digest': 'DIGEST', 'size': 1, "
       "'platform': {'os': 'linux'}}]}",
       "i: manifests[0].platform: \"architecture\" is missing"},
      {"{'schemaVersion': 2, 'manifests': [{'mediaType': 'm', 'digest': 'DIGEST', 'size': 1, "
       "'annotations': {'a b': 1}}]}",
       "i: manifests[0].annotations[\"a b\"]: found 1; expected a string"},
      {"{'schemaVersion': 2, 'schemaVersion': 2}",
       "i: the key \"schemaVersion\" is given twice in one object"},
      {"{'schemaVersion': 2, 'manifests': ['\xff']}",
       "i: line 1, column 37: found \"\\377\"; expected valid JSON"},
  };
  for (const ErrorCase& test : cases) {
    SCOPED_TRACE(test.document);
    EXPECT_THAT(ParseIndex("i", Json(test.document)),
                StatusIs(absl::StatusCode::kInvalidArgument, test.error));
  }
}

TEST(ParseIndexTest, NestedTooDeep) {
  EXPECT_THAT(ParseIndex("i", std::string(1 << 20, '[')),
              StatusIs(absl::StatusCode::kInvalidArgument, "i: nested deeper than 64 levels"));
}

TEST(ParseIndexTest, TooLarge) {
  EXPECT_THAT(ParseIndex("i", std::string(kMaxJsonBytes + 1, ' ')),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "i has 4194305 bytes; expected at most 4194304"));
}

TEST(ParseIndexTest, LongValuesAreCutInMessages) {
  const std::string text = absl::StrCat(R"({"schemaVersion": ")", std::string(5000, 'a'), "\"}");
  EXPECT_THAT(ParseIndex("i", text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("i: schemaVersion: found \"", std::string(80, 'a'),
                                    "...\"; expected 2")));
}

TEST(ParseIndexTest, PlatformsAndAnnotations) {
  const auto index = ParseIndex("i", Json("{'schemaVersion': 2, 'manifests': [{'mediaType': 'm', "
                                          "'digest': 'DIGEST', 'size': 12, 'platform': {'os': "
                                          "'linux', 'architecture': 'arm', 'variant': 'v7'}, "
                                          "'annotations': {'k': 'v'}}]}"));
  ASSERT_THAT(index, IsOk());
  ASSERT_EQ(index->manifests.size(), 1);
  EXPECT_EQ(index->manifests[0].digest, kDigest);
  EXPECT_EQ(index->manifests[0].size, 12);
  EXPECT_EQ(index->manifests[0].platform->ToString(), "linux/arm/v7");
  EXPECT_THAT(index->manifests[0].annotations, ElementsAre(Pair("k", "v")));
}

TEST(ParseManifestTest, Errors) {
  const std::vector<ErrorCase> cases = {
      {"{'schemaVersion': 1, 'name': 'library/x', 'fsLayers': []}",
       "m: schemaVersion: found 1; expected 2"},
      {"{'schemaVersion': 2, 'layers': []}", "m: \"config\" is missing"},
      {"{'schemaVersion': 2, 'config': {'mediaType': 'c', 'size': 1}}",
       "m: config: \"digest\" is missing"},
      {"{'schemaVersion': 2, 'config': {'mediaType': 'c', 'digest': 'DIGEST', 'size': 1}}",
       "m: \"layers\" is missing"},
      {"{'schemaVersion': 2, 'config': {'mediaType': 'c', 'digest': 'DIGEST', 'size': 1}, "
       "'layers': [{'mediaType': 'l', 'digest': 'sha512:00', 'size': 1}]}",
       "m: layers[0].digest: found \"sha512:00\"; expected \"sha256:\" and 64 lower-case hex "
       "digits"},
  };
  for (const ErrorCase& test : cases) {
    SCOPED_TRACE(test.document);
    EXPECT_THAT(ParseManifest("m", Json(test.document)),
                StatusIs(absl::StatusCode::kInvalidArgument, test.error));
  }
}

TEST(ParseConfigTest, Errors) {
  const std::vector<ErrorCase> cases = {
      {"{}", "c: \"os\" is missing"},
      {"{'os': 'linux', 'architecture': ''}",
       "c: architecture: found \"\"; expected a string that is not empty"},
      {"{'os': 'linux', 'architecture': 'amd64'}", "c: \"rootfs\" is missing"},
      {"{'os': 'linux', 'architecture': 'amd64', 'rootfs': {'diff_ids': [1]}}",
       "c: rootfs.diff_ids[0]: found 1; expected \"sha256:\" and 64 lower-case hex digits"},
      {"{'os': 'linux', 'architecture': 'amd64', 'config': {'Cmd': 'sh'}}",
       "c: config.Cmd: found \"sh\"; expected a list"},
      {"{'os': 'linux', 'architecture': 'amd64', 'config': {'Env': [true]}}",
       "c: config.Env[0]: found true; expected a string"},
      {"{'os': 'linux', 'architecture': 'amd64', 'config': {'Labels': []}}",
       "c: config.Labels: found a list of 0; expected an object"},
  };
  for (const ErrorCase& test : cases) {
    SCOPED_TRACE(test.document);
    EXPECT_THAT(ParseConfig("c", Json(test.document)),
                StatusIs(absl::StatusCode::kInvalidArgument, test.error));
  }
}

TEST(ParseConfigTest, NullsOfGoAreEmpty) {
  const auto config = ParseConfig(
      "c", Json("{'os': 'linux', 'architecture': 'amd64', 'config': {'Env': null, 'Cmd': ['/a'], "
                "'Entrypoint': null, 'Labels': {'k': 'v', 'a': ''}, 'WorkingDir': '/w'}, 'rootfs': "
                "{'type': 'layers', 'diff_ids': null}}"));
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->config.env(), IsEmpty());
  EXPECT_THAT(config->config.cmd(), ElementsAre("/a"));
  EXPECT_THAT(config->config.labels(), UnorderedElementsAre(Pair("k", "v"), Pair("a", "")));
  EXPECT_EQ(config->config.working_dir(), "/w");
  EXPECT_THAT(config->diff_ids, IsEmpty());
}

TEST(ParseDockerArchiveTest, Errors) {
  const std::vector<ErrorCase> cases = {
      {"{}", "d: found an object; expected a list"},
      {"[{'Layers': []}]", "d: [0]: \"Config\" is missing"},
      {"[{'Config': 'c.json', 'Layers': [{}]}]",
       "d: [0].Layers[0]: found an object; expected a string"},
  };
  for (const ErrorCase& test : cases) {
    SCOPED_TRACE(test.document);
    EXPECT_THAT(ParseDockerArchive("d", Json(test.document)),
                StatusIs(absl::StatusCode::kInvalidArgument, test.error));
  }
}

// Computed with sha256sum from the formula of the specification: sha256("DIGEST_0 DIGEST_1").
TEST(ChainIdTest, OneAndTwoLayers) {
  EXPECT_EQ(ChainId({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ChainId({std::string(kDigest)}), kDigest.substr(7));
  EXPECT_EQ(ChainId({std::string(kDigest), std::string(kDigest)}),
            "ccdf9b58ee7087c8f4415f1c3e98945bf64a4cd9920de109ec94d64947636830");
  // printf 'sha256:0123... sha256:ffff...' | sha256sum
  EXPECT_EQ(ChainId({std::string(kDigest), "sha256:" + std::string(64, 'f')}),
            "e1154a313cf5983657db5e3195e4e1397433f9ea74015c26f3dfa1ac188b99cf");
}

TEST(PlatformTest, ParsesAndPrints) {
  for (const std::string text : {"linux/amd64", "linux/arm/v7"}) {
    const auto platform = Platform::Parse(text);
    ASSERT_THAT(platform, IsOk());
    EXPECT_EQ(platform->ToString(), text);
  }
}

TEST(PlatformTest, Malformed) {
  for (const std::string text : {"", "amd64", "linux/", "linux/arm/v7/x"}) {
    EXPECT_THAT(Platform::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("platform \"", text,
                                      "\"; expected os/architecture or os/architecture/variant, "
                                      "like linux/amd64")));
  }
}

}  // namespace
}  // namespace linuxkit
