// What tests against a real registry share: one docker-registry with images, clients that never
// really wait, and a place for files.
#ifndef TOOLS_REGISTRY_TESTING_REGISTRY_FIXTURE_H_
#define TOOLS_REGISTRY_TESTING_REGISTRY_FIXTURE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tools/registry/client.h"
#include "tools/registry/resolve.h"
#include "tools/registry/testing/docker_registry.h"
#include "tools/registry/testing/fake_clock.h"

namespace linuxkit {

// The registry has team/app:gzip, :zstd, :plain and :docker (single manifests) and team/app:multi.
class RegistryFixture : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;

  static const std::string& shared_directory();
  static DockerRegistry& registry();

  // "AUTHORITY/team/app:TAG".
  static ImageReference App(const std::string& authority, const std::string& tag);
  // The layer of team/app:gzip, which has about a megabyte.
  static Blob GzipLayer();

  // Of this test alone.
  std::string Path(const std::string& name) const;
  std::string WriteText(const std::string& name, const std::string& text) const;
  // A docker config.json with this account for `server`.
  std::string WriteDockerConfig(const std::string& server, const std::string& account) const;
  // The files in this test's directory but for docker.json, sorted.
  std::vector<std::string> Files() const;

  // Resolves the image and fetches all its layers for one platform. Gives their number.
  absl::StatusOr<size_t> Pull(const ImageReference& image, const Platform& platform = {});
  // What asking for a manifest that cannot be had says.
  std::string ErrorOf(const ImageReference& image);

  // A client with `config_`, `http_` and `retry_`.
  RegistryClient& client();
  // The next call of `client` makes another one.
  void NewClient() { client_.reset(); }

  RegistriesConfig config_;
  HttpOptions http_;
  RetryPolicy retry_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();

 private:
  std::string directory_;
  std::unique_ptr<RegistryClient> client_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_REGISTRY_FIXTURE_H_
