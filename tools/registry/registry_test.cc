// Against Debian's docker-registry: every form of image, mirrors, and a directory instead.
#include <filesystem>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/base/sha256.h"
#include "tools/oci/testing/run_program.h"
#include "tools/registry/resolve.h"
#include "tools/registry/testing/http_server.h"
#include "tools/registry/testing/registry_fixture.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using absl_testing::IsOkAndHolds;
using testing::ElementsAre;
using testing::HasSubstr;

class RegistryTest : public RegistryFixture {};

struct Form {
  const char* tag;
  std::string_view manifest;
  const char* layer;
};

TEST_F(RegistryTest, EveryFormOfLayer) {
  const Form forms[] = {
      {"gzip", kOciManifest, "application/vnd.oci.image.layer.v1.tar+gzip"},
      {"zstd", kOciManifest, "application/vnd.oci.image.layer.v1.tar+zstd"},
      {"plain", kOciManifest, "application/vnd.oci.image.layer.v1.tar"},
      {"docker", kDockerManifest, "application/vnd.docker.image.rootfs.diff.tar.gzip"},
  };
  for (const Form& form : forms) {
    const ImageReference image = App(registry().authority(), form.tag);
    const auto resolved = ResolveImage(client(), image, {Platform{}});
    ASSERT_THAT(resolved, IsOk()) << form.tag;
    EXPECT_EQ(resolved->root.descriptor.media_type, form.manifest) << form.tag;
    EXPECT_EQ(resolved->platforms[0].parsed.layers[0].media_type, form.layer);
    EXPECT_THAT(Pull(image), IsOkAndHolds(1u)) << form.tag;
  }
}

TEST_F(RegistryTest, IndexOfTwoPlatforms) {
  const ImageReference image = App(registry().authority(), "multi");
  const Platform arm = {.os = "linux", .architecture = "arm64"};
  const auto resolved = ResolveImage(client(), image, {Platform{}, arm});
  ASSERT_THAT(resolved, IsOk());
  EXPECT_EQ(resolved->root.descriptor.media_type, kOciIndex);
  EXPECT_EQ(resolved->root.descriptor.digest, OciDigest(Sha256Of(resolved->root.text)));
  ASSERT_EQ(resolved->platforms.size(), 2u);
  EXPECT_NE(resolved->platforms[0].manifest.descriptor.digest,
            resolved->platforms[1].manifest.descriptor.digest);
  EXPECT_THAT(resolved->platforms[1].config, HasSubstr("\"arm64\""));
  EXPECT_THAT(Pull(image, arm), IsOkAndHolds(1u));
}

TEST_F(RegistryTest, IndexWithoutThePlatform) {
  const ImageReference image = App(registry().authority(), "multi");
  EXPECT_EQ(ResolveImage(client(), image, {Platform{.architecture = "riscv64"}}).status().message(),
            absl::StrCat(image.ToString(),
                         ": found no image for linux/riscv64; there is: "
                         "linux/amd64, linux/arm64/v8"));
}

TEST_F(RegistryTest, SingleManifestForAnotherPlatform) {
  const ImageReference image = App(registry().authority(), "gzip");
  EXPECT_EQ(ResolveImage(client(), image, {Platform{.architecture = "arm64"}}).status().message(),
            absl::StrCat(image.ToString(),
                         ": found an image for linux/amd64 alone; expected one for linux/arm64"));
}

TEST_F(RegistryTest, SkopeoSeesTheSameDigest) {
  const ImageReference image = App(registry().authority(), "multi");
  const auto digest = RunProgram({"skopeo", "inspect", "--tls-verify=false", "--no-tags",
                                  "--format={{.Digest}}", "docker://" + image.ToString()});
  ASSERT_THAT(digest, IsOk());
  EXPECT_EQ(client().GetManifest(image)->descriptor.digest + "\n", *digest);
}

TEST_F(RegistryTest, ByDigest) {
  const ImageReference image = App(registry().authority(), "gzip");
  const std::string digest = client().GetManifest(image)->descriptor.digest;
  const auto manifest = client().GetManifest(image.WithDigest(digest));
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->descriptor.digest, digest);
}

TEST_F(RegistryTest, NoSuchTag) {
  const ImageReference image = App(registry().authority(), "nope");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": http://", registry().authority(),
                         "/v2/team/app/manifests/nope: found status 404 (MANIFEST_UNKNOWN: "
                         "manifest unknown); expected a repository and image of this name"));
}

// A port of this machine where nothing listens, for as long as the server lives that refuses it.
std::string DeadServer() {
  const TestServer gone([](const TestRequest&, TestConnection&) {});
  return "http://" + gone.authority();
}

TEST_F(RegistryTest, MirrorThatIsDown) {
  const std::string dead = DeadServer();
  config_.hosts["docker.io"] = {.mirrors = {dead, "http://" + registry().authority()},
                                .use_origin = false};
  EXPECT_THAT(Pull(*ImageReference::Parse("team/app:gzip")), IsOkAndHolds(1u));
  // Asked twice for the first document, and no more afterwards.
  EXPECT_THAT(clock_->sleeps(), ElementsAre(std::chrono::milliseconds(500)));
}

TEST_F(RegistryTest, AllMirrorsAreDown) {
  const std::string dead = DeadServer(), other = DeadServer();
  config_.hosts["docker.io"] = {.mirrors = {dead, other}, .use_origin = false};
  EXPECT_EQ(ErrorOf(*ImageReference::Parse("team/app:gzip")),
            absl::StrCat("docker.io/team/app:gzip: ", dead,
                         "/v2/team/app/manifests/gzip: cannot connect (tried 2 times); then ",
                         other, "/v2/team/app/manifests/gzip: cannot connect (tried 5 times)"));
}

TEST_F(RegistryTest, MirrorWithoutTheImage) {
  DockerRegistry empty({.storage = Path("storage"), .scratch = Path("")});
  config_.hosts[registry().authority()].mirrors = {"http://" + empty.authority()};
  EXPECT_THAT(Pull(App(registry().authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryTest, MirrorWithPrefix) {
  config_.hosts["docker.io"] = {
      .mirrors = {absl::StrCat("http://", registry().authority(), "/team")}, .use_origin = false};
  EXPECT_THAT(
      client().GetManifest(*ImageReference::Parse("docker.io/a/app:gzip")).status().message(),
      HasSubstr("/v2/team/a/app/manifests/gzip: found status 404"));
}

TEST_F(RegistryTest, NoSourceAtAll) {
  config_.hosts["docker.io"] = {.use_origin = false};
  EXPECT_EQ(ErrorOf(*ImageReference::Parse("redis")),
            "docker.io/library/redis: registries.json has no source for docker.io; expected a "
            "layout, a mirror, or \"origin\": true");
}

// As LinuxKit's cache and skopeo write it.
TEST_F(RegistryTest, LayoutInsteadOfARegistry) {
  ASSERT_THAT(RunProgram({"skopeo", "--insecure-policy", "copy", "--quiet", "--all",
                          "--src-tls-verify=false",
                          "docker://" + App(registry().authority(), "multi").ToString(),
                          "oci:" + Path("images") + ":docker.io/team/app:multi"}),
              IsOk());
  config_.hosts["docker.io"] = {.layout = Path("images"), .use_origin = false};
  EXPECT_THAT(Pull(*ImageReference::Parse("team/app:multi")), IsOkAndHolds(1u));
  EXPECT_EQ(ErrorOf(*ImageReference::Parse("team/app:other")),
            absl::StrCat("docker.io/team/app:other: ", Path("images"),
                         "/index.json: found no image named \"docker.io/team/app:other\"; expected "
                         "one with this name in full as its annotation "
                         "org.opencontainers.image.ref.name"));
}

TEST_F(RegistryTest, DamagedLayout) {
  const std::string hex(64, 'a');
  std::filesystem::create_directories(Path("images/blobs/sha256"));
  WriteText("images/blobs/sha256/" + hex, "{\"layers\": []}");
  config_.hosts["docker.io"] = {.layout = Path("images"), .use_origin = false};
  EXPECT_EQ(ErrorOf(*ImageReference::Parse("redis@sha256:" + hex)),
            absl::StrCat("docker.io/library/redis@sha256:", hex, ": ", Path("images"),
                         "/blobs/sha256/", hex, ": found content of digest ",
                         OciDigest(Sha256Of("{\"layers\": []}")), "; expected sha256:", hex));
}

}  // namespace
}  // namespace linuxkit
