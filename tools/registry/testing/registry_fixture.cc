#include "tools/registry/testing/registry_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/oci/testing/run_program.h"
#include "tools/registry/fetch.h"

namespace linuxkit {
namespace {

constexpr char kDockerConfig[] = "docker.json";

// Made once for all tests of a program.
struct Shared {
  std::string directory;
  std::optional<DockerRegistry> registry;
};

Shared& TheShared() {
  static Shared shared;
  return shared;
}

}  // namespace

void RegistryFixture::SetUpTestSuite() {
  Shared& shared = TheShared();
  shared.directory = MakeTestDirectory("shared");
  MakeTestImages(shared.directory);
  shared.registry.emplace(
      DockerRegistryOptions{.storage = shared.directory + "/storage", .scratch = shared.directory});
  for (const char* image : {"gzip", "zstd", "plain", "multi"}) {
    PushTestImage(shared.directory, image, *shared.registry, absl::StrCat("team/app:", image));
  }
  PushTestImage(shared.directory, "gzip", *shared.registry, "team/app:docker", "v2s2");
}

void RegistryFixture::TearDownTestSuite() { TheShared().registry.reset(); }

void RegistryFixture::SetUp() {
  directory_ = absl::StrCat(testing::TempDir(), "/",
                            testing::UnitTest::GetInstance()->current_test_info()->name());
  std::filesystem::remove_all(directory_);
  std::filesystem::create_directories(directory_);
  // Not that of whoever runs the test.
  config_.docker_config = Path(kDockerConfig);
}

const std::string& RegistryFixture::shared_directory() { return TheShared().directory; }

DockerRegistry& RegistryFixture::registry() { return *TheShared().registry; }

ImageReference RegistryFixture::App(const std::string& authority, const std::string& tag) {
  return *ImageReference::Parse(absl::StrCat(authority, "/team/app:", tag));
}

Blob RegistryFixture::GzipLayer() {
  const auto client = *RegistryClient::Create({});
  const ManifestFile file = *client->GetManifest(App(registry().authority(), "gzip"));
  const OciDescriptor layer = ParseManifest("gzip", file.text)->layers[0];
  return {.digest = layer.digest, .size = layer.size};
}

std::string RegistryFixture::Path(const std::string& name) const {
  return absl::StrCat(directory_, "/", name);
}

std::string RegistryFixture::WriteText(const std::string& name, const std::string& text) const {
  if (!WriteFile(Path(name), text).ok()) std::abort();
  return Path(name);
}

std::string RegistryFixture::WriteDockerConfig(const std::string& server,
                                               const std::string& account) const {
  const nlohmann::json config = {{"auths", {{server, {{"auth", absl::Base64Escape(account)}}}}}};
  return WriteText(kDockerConfig, config.dump());
}

std::vector<std::string> RegistryFixture::Files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    const std::string name = entry.path().filename().string();
    if (name != kDockerConfig) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<size_t> RegistryFixture::Pull(const ImageReference& image,
                                             const Platform& platform) {
  ABSL_ASSIGN_OR_RETURN(const ResolvedImage resolved, ResolveImage(client(), image, {platform}));
  std::vector<BlobRequest> requests;
  for (const OciDescriptor& layer : resolved.platforms[0].parsed.layers) {
    requests.push_back({.repositories = {image},
                        .blob = {.digest = layer.digest, .size = layer.size},
                        .output = Path(absl::StrCat("layer-", requests.size()))});
  }
  ABSL_RETURN_IF_ERROR(FetchAll(client(), requests, 4));
  for (const BlobRequest& request : requests) {
    ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(request.output));
    EXPECT_EQ(OciDigest(Sha256Of(bytes)), request.blob.digest);
  }
  return requests.size();
}

std::string RegistryFixture::ErrorOf(const ImageReference& image) {
  return std::string(client().GetManifest(image).status().message());
}

RegistryClient& RegistryFixture::client() {
  if (client_ == nullptr) {
    client_ = *RegistryClient::Create(
        {.config = config_, .http = http_, .retry = retry_, .clock = clock_});
  }
  return *client_;
}

}  // namespace linuxkit
