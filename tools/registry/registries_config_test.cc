#include "tools/registry/registries_config.h"

#include <filesystem>
#include <string>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using testing::ElementsAre;

absl::StatusOr<RegistriesConfig> Parse(std::string_view text) {
  return RegistriesConfig::Parse("registries.json", text, "/etc/lk");
}

TEST(RegistriesConfig, EveryKey) {
  const auto config = Parse(R"({
    "registries": {
      "docker.io": {"mirrors": ["https://mirror.example/hub/", "http://10.0.0.1:5000"],
                    "origin": false},
      "registry.example:5000": {"plainHttp": true},
      "*": {"layout": "images"}
    },
    "caFiles": ["ca.pem", "/abs/ca.pem"],
    "credentialHelpers": {"*.example.com": "tools/helper", "a.example": "on-path"},
    "dockerConfig": "../docker/config.json"
  })");
  ASSERT_THAT(config, IsOk());
  const RegistryHost hub = config->ForHost("docker.io");
  EXPECT_THAT(hub.mirrors, ElementsAre("https://mirror.example/hub", "http://10.0.0.1:5000"));
  EXPECT_FALSE(hub.use_origin);
  EXPECT_EQ(config->ForHost("registry.example:5000").plain_http, true);
  EXPECT_EQ(config->ForHost("other.example").layout, "/etc/lk/images");
  EXPECT_THAT(config->ca_files, ElementsAre("/etc/lk/ca.pem", "/abs/ca.pem"));
  ASSERT_EQ(config->helpers.size(), 2u);
  EXPECT_EQ(config->helpers[0].program, "/etc/lk/tools/helper");
  EXPECT_EQ(config->helpers[1].program, "on-path");
  EXPECT_EQ(config->docker_config, "/etc/docker/config.json");
}

TEST(RegistriesConfig, Empty) {
  const auto config = Parse("{}");
  ASSERT_THAT(config, IsOk());
  EXPECT_TRUE(config->ForHost("docker.io").use_origin);
}

TEST(RegistriesConfig, OriginUrls) {
  const auto url = [](const char* host) { return OriginUrl(host, {}); };
  EXPECT_EQ(url("docker.io"), "https://registry-1.docker.io");
  EXPECT_EQ(url("registry.example:5000"), "https://registry.example:5000");
  EXPECT_EQ(url("localhost"), "http://localhost");
  EXPECT_EQ(url("localhost:5000"), "http://localhost:5000");
  EXPECT_EQ(url("x.localhost"), "http://x.localhost");
  EXPECT_EQ(url("127.0.0.1:5000"), "http://127.0.0.1:5000");
  EXPECT_EQ(url("[::1]:5000"), "http://[::1]:5000");
  EXPECT_EQ(url("192.168.0.1"), "https://192.168.0.1");
  EXPECT_EQ(OriginUrl("localhost", {.plain_http = false}), "https://localhost");
}

struct BadCase {
  std::string text;
  std::string error;
};

class BadConfig : public testing::TestWithParam<BadCase> {};

TEST_P(BadConfig, Refused) {
  EXPECT_EQ(Parse(GetParam().text).status().message(), GetParam().error) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadConfig,
    testing::Values(
        BadCase{"[]", "registries.json: found a list of 0; expected an object"},
        BadCase{R"({"registry": {}})",
                "registries.json: registry: found an object; expected one of the keys caFiles, "
                "credentialHelpers, dockerConfig, registries"},
        BadCase{R"({"registries": {"docker.io": {"mirror": "x"}}})",
                "registries.json: registries.docker.io.mirror: found \"x\"; expected one of the "
                "keys layout, mirrors, origin, plainHttp"},
        BadCase{R"({"registries": {"https://x": {}}})",
                "registries.json: registries: found the key \"https://x\"; expected a host as "
                "image names have it, like \"docker.io\", or \"*\""},
        BadCase{R"({"registries": {"x": {"mirrors": ["mirror.example"]}}})",
                "registries.json: registries.x.mirrors[0]: found \"mirror.example\"; expected "
                "https://HOST or http://HOST, with :PORT and /PREFIX if needed"},
        BadCase{R"({"registries": {"x": {"mirrors": ["https://u:s3cret@mirror.example/a"]}}})",
                "registries.json: registries.x.mirrors[0]: found a user in the URL "
                "https://mirror.example/a; expected none: credentials belong in Docker's "
                "config.json (run: docker login mirror.example)"},
        BadCase{R"({"registries": {"x": {"plainHttp": "yes"}}})",
                "registries.json: registries.x.plainHttp: found \"yes\"; expected true or false"},
        BadCase{R"({"caFiles": "ca.pem"})",
                "registries.json: caFiles: found \"ca.pem\"; expected a list"}));

TEST(RegistriesConfig, NoSuchFile) {
  EXPECT_EQ(RegistriesConfig::Load("/no/registries.json").status().message(),
            "cannot open /no/registries.json: No such file or directory");
}

// As Bazel's sandbox shows it.
TEST(RegistriesConfig, PathsAreRelativeToTheRealFile) {
  const std::filesystem::path directory = std::filesystem::canonical(testing::TempDir());
  std::filesystem::create_directories(directory / "user");
  std::filesystem::create_directories(directory / "sandbox");
  ASSERT_THAT(WriteFile(directory / "user/registries.json", R"({"caFiles": ["ca.pem"]})"), IsOk());
  std::filesystem::create_symlink("../user/registries.json", directory / "sandbox/registries.json");
  const auto config = RegistriesConfig::Load(directory / "sandbox/registries.json");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->ca_files, ElementsAre((directory / "user/ca.pem").string()));
}

}  // namespace
}  // namespace linuxkit
