#include "tools/package/merge_config.h"

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

ImageConfig Config(const std::string& text) {
  ImageConfig config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config)) << text;
  return config;
}

constexpr char kBase[] = R"(
  architecture: "arm64" os: "linux" variant: "v8"
  entrypoint: "/entry" cmd: "a" cmd: "b" env: "PATH=/bin" env: "A=1" working_dir: "/w"
  labels { key: "k" value: "base" } labels { key: "only" value: "base" })";

// Each member of the upper image, and what becomes of the whole.
TEST(MergeConfigTest, AsAfterFromInADockerfile) {
  struct Case {
    std::string own, merged;
  };
  const std::string platform = R"(architecture: "arm64" os: "linux" variant: "v8" )";
  const std::string words = R"(entrypoint: "/entry" cmd: "a" cmd: "b" )";
  const std::string env = R"(env: "PATH=/bin" env: "A=1" )";
  const std::string directory = R"(working_dir: "/w" )";
  const std::string labels =
      R"(labels { key: "k" value: "base" } labels { key: "only" value: "base" } )";
  const std::vector<Case> cases = {
      {R"(architecture: "arm64" os: "linux")", platform + words + env + directory + labels},
      {R"(cmd: "c")", platform + R"(entrypoint: "/entry" cmd: "c" )" + env + directory + labels},
      // An entrypoint takes other words than the one before.
      {R"(entrypoint: "/e")", platform + R"(entrypoint: "/e" )" + env + directory + labels},
      {R"(entrypoint: "/e" cmd: "c")",
       platform + R"(entrypoint: "/e" cmd: "c" )" + env + directory + labels},
      {R"(env: "A=2" env: "B=3" env: "PATH=")",
       platform + words + R"(env: "PATH=" env: "A=2" env: "B=3" )" + directory + labels},
      // No prefix of a name is that name.
      {R"(env: "AB=1")",
       platform + words + R"(env: "PATH=/bin" env: "A=1" env: "AB=1" )" + directory + labels},
      {R"(working_dir: "/x")", platform + words + env + R"(working_dir: "/x" )" + labels},
      {R"(labels { key: "k" value: "own" } labels { key: "new" value: "" })",
       platform + words + env + directory +
           R"(labels { key: "k" value: "own" } labels { key: "only" value: "base" })"
           R"(labels { key: "new" value: "" })"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(MergeConfig(Config(kBase), Config(c.own)).ShortDebugString(),
              Config(c.merged).ShortDebugString())
        << c.own;
  }
}

}  // namespace
}  // namespace linuxkit
