// Against Debian's docker-registry: every way to be let in, and every form of image.
#include <filesystem>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/testing/run_program.h"
#include "tools/qemu/process.h"
#include "tools/registry/fetch.h"
#include "tools/registry/resolve.h"
#include "tools/registry/testing/registry_fixture.h"
#include "tools/registry/testing/token_server.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kAccount[] = "user:s3cret";

class RegistryTest : public RegistryFixture {
 protected:
  // A registry with the same images that wants a password.
  DockerRegistry WithPassword() {
    MustSucceed({"htpasswd", "-Bbc", Path("htpasswd"), "user", "s3cret"});
    return DockerRegistry({.storage = shared_directory() + "/storage",
                           .scratch = Path(""),
                           .htpasswd = Path("htpasswd")});
  }

  static void MustSucceed(const std::vector<std::string>& words) {
    ASSERT_THAT(RunProgram(words), IsOk());
  }

  // Resolves and fetches all that there is for one platform, and says of how many layers.
  absl::StatusOr<size_t> Pull(const ImageReference& image, const Platform& platform = {}) {
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

  std::string ErrorOf(const ImageReference& image) {
    return std::string(client().GetManifest(image).status().message());
  }
};

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
    EXPECT_THAT(Pull(image), absl_testing::IsOkAndHolds(1u)) << form.tag;
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
  EXPECT_THAT(Pull(image, arm), absl_testing::IsOkAndHolds(1u));
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

TEST_F(RegistryTest, Password) {
  const DockerRegistry guarded = WithPassword();
  WriteDockerConfig(guarded.authority(), kAccount);
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
}

TEST_F(RegistryTest, NoPassword) {
  const DockerRegistry guarded = WithPassword();
  const ImageReference image = App(guarded.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": http://", guarded.authority(),
                         "/v2/team/app/manifests/gzip: found status 401; no credentials for ",
                         guarded.authority(), " in ", Path("docker.json"), "; run: docker login ",
                         guarded.authority()));
}

TEST_F(RegistryTest, WrongPassword) {
  const DockerRegistry guarded = WithPassword();
  WriteDockerConfig(guarded.authority(), "user:wr0ng");
  const ImageReference image = App(guarded.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": http://", guarded.authority(),
                         "/v2/team/app/manifests/gzip: found status 401 (UNAUTHORIZED: "
                         "authentication required); ",
                         guarded.authority(), " refuses the credentials in ", Path("docker.json"),
                         "; run: docker login ", guarded.authority()));
}

TEST_F(RegistryTest, DockerCredentialHelper) {
  const DockerRegistry guarded = WithPassword();
  WriteText("docker-credential-test",
            "#!/bin/sh\nread server\n"
            "echo \"{\\\"ServerURL\\\": \\\"$server\\\", \\\"Username\\\": \\\"user\\\", "
            "\\\"Secret\\\": \\\"s3cret\\\"}\"\n");
  MustSucceed({"chmod", "+x", Path("docker-credential-test")});
  const std::string path = absl::StrCat(Path(""), ":", getenv("PATH"));
  setenv("PATH", path.c_str(), 1);
  WriteText("docker.json",
            absl::StrCat(R"({"credHelpers": {")", guarded.authority(), R"(": "test"}})"));
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
}

TEST_F(RegistryTest, BazelCredentialHelper) {
  const DockerRegistry guarded = WithPassword();
  // user:s3cret in base64.
  WriteText("helper",
            "#!/bin/sh\ncat >/dev/null\n"
            "echo '{\"headers\": {\"Authorization\": [\"Basic dXNlcjpzM2NyZXQ=\"]}}'\n");
  MustSucceed({"chmod", "+x", Path("helper")});
  config_.helpers = {{.pattern = "127.0.0.1", .program = Path("helper")}};
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
}

TEST_F(RegistryTest, TokensForAnybody) {
  MakeTestCertificates(Path(""));
  TokenServer tokens(Path("server.key"), Path("server.pem"), "");
  const DockerRegistry guarded({.storage = shared_directory() + "/storage",
                                .scratch = Path(""),
                                .token_realm = tokens.realm(),
                                .token_certificate = Path("server.pem")});
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
  // Manifest, configuration and layer with one token.
  EXPECT_EQ(tokens.requests().size(), 1u);
}

TEST_F(RegistryTest, TokensForAnAccount) {
  MakeTestCertificates(Path(""));
  TokenServer tokens(Path("server.key"), Path("server.pem"), kAccount);
  const DockerRegistry guarded({.storage = shared_directory() + "/storage",
                                .scratch = Path(""),
                                .token_realm = tokens.realm(),
                                .token_certificate = Path("server.pem")});
  WriteDockerConfig(guarded.authority(), kAccount);
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
}

TEST_F(RegistryTest, IdentityToken) {
  MakeTestCertificates(Path(""));
  TokenServer tokens(Path("server.key"), Path("server.pem"), "refresh");
  const DockerRegistry guarded({.storage = shared_directory() + "/storage",
                                .scratch = Path(""),
                                .token_realm = tokens.realm(),
                                .token_certificate = Path("server.pem")});
  WriteText("docker.json", absl::StrCat(R"({"auths": {")", guarded.authority(),
                                        R"(": {"identitytoken": "refresh"}}})"));
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
}

TEST_F(RegistryTest, TokenServerRefusesThePassword) {
  MakeTestCertificates(Path(""));
  TokenServer tokens(Path("server.key"), Path("server.pem"), kAccount);
  const DockerRegistry guarded({.storage = shared_directory() + "/storage",
                                .scratch = Path(""),
                                .token_realm = tokens.realm(),
                                .token_certificate = Path("server.pem")});
  WriteDockerConfig(guarded.authority(), "user:wr0ng");
  const ImageReference image = App(guarded.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": ", tokens.realm(),
                         ": found status 401 (UNAUTHORIZED: wrong password) for the credentials "
                         "of ",
                         guarded.authority(), " in ", Path("docker.json"), "; run: docker login ",
                         guarded.authority()));
}

class TlsRegistryTest : public RegistryTest {
 protected:
  DockerRegistry WithTls() {
    MakeTestCertificates(Path(""));
    return DockerRegistry({.storage = shared_directory() + "/storage",
                           .scratch = Path(""),
                           .tls_certificate = Path("server.pem"),
                           .tls_key = Path("server.key")});
  }
};

TEST_F(TlsRegistryTest, PrivateCa) {
  const DockerRegistry secure = WithTls();
  config_.hosts[secure.authority()].plain_http = false;
  config_.ca_files = {Path("ca.pem")};
  EXPECT_THAT(Pull(App(secure.authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
}

TEST_F(TlsRegistryTest, UnknownCa) {
  const DockerRegistry secure = WithTls();
  config_.hosts[secure.authority()].plain_http = false;
  const ImageReference image = App(secure.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": https://", secure.authority(),
                         "/v2/team/app/manifests/gzip: the server's certificate is not trusted "
                         "(SSL certificate OpenSSL verify result: unable to get local issuer "
                         "certificate (20)); if its CA is your own, add it to \"caFiles\" of "
                         "registries.json"));
}

TEST_F(TlsRegistryTest, TlsSpokenToAPlainServer) {
  config_.hosts[registry().authority()].plain_http = false;
  const ImageReference image = App(registry().authority(), "gzip");
  EXPECT_THAT(ErrorOf(image),
              testing::AllOf(testing::StartsWith(absl::StrCat(
                                 image.ToString(), ": https://", registry().authority(),
                                 "/v2/team/app/manifests/gzip: no TLS connection (")),
                             testing::EndsWith("); a registry without TLS needs \"plainHttp\": "
                                               "true in registries.json")));
}

TEST_F(TlsRegistryTest, TokenServerWithoutTls) {
  MakeTestCertificates(Path(""));
  TokenServer tokens(Path("server.key"), Path("server.pem"), "");
  const DockerRegistry secure({.storage = shared_directory() + "/storage",
                               .scratch = Path(""),
                               .tls_certificate = Path("server.pem"),
                               .tls_key = Path("server.key"),
                               .token_realm = tokens.realm(),
                               .token_certificate = Path("server.pem")});
  config_.hosts[secure.authority()].plain_http = false;
  config_.ca_files = {Path("ca.pem")};
  const ImageReference image = App(secure.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": https://", secure.authority(),
                         "/: found the token server ", tokens.realm(), "; expected https"));
}

// openssl answers with what it finds in the file that the URL names.
TEST_F(TlsRegistryTest, RedirectToPlainHttp) {
  MakeTestCertificates(Path(""));
  std::filesystem::create_directories(Path("v2/team/app/manifests"));
  WriteText("v2/team/app/manifests/gzip",
            absl::StrCat("HTTP/1.0 307 Elsewhere\r\nLocation: http://", registry().authority(),
                         "/v2/team/app/manifests/gzip\r\nContent-Length: 0\r\n\r\n"));
  std::filesystem::current_path(Path(""));
  const DescriptorPair log = *MakePipe();
  const auto server = Process::Start({"openssl", "s_server", "-HTTP", "-key", "server.key", "-cert",
                                      "server.pem", "-accept", "127.0.0.1:0"},
                                     {.stdout_fd = log.second.get(), .kept_fds = {}});
  ASSERT_THAT(server, IsOk());
  const std::string host =
      absl::StrCat("127.0.0.1:", AwaitPort(log.first.get(), "ACCEPT 127.0.0.1:"));
  config_.hosts[host].plain_http = false;
  config_.ca_files = {Path("ca.pem")};
  EXPECT_EQ(
      ErrorOf(App(host, "gzip")),
      absl::StrCat(host, "/team/app:gzip: https://", host,
                   "/v2/team/app/manifests/gzip: redirects to http://", registry().authority(),
                   "/v2/team/app/manifests/gzip; expected https, as before"));
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
  EXPECT_THAT(Pull(*ImageReference::Parse("team/app:gzip")), absl_testing::IsOkAndHolds(1u));
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
  EXPECT_THAT(Pull(App(registry().authority(), "gzip")), absl_testing::IsOkAndHolds(1u));
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
  EXPECT_THAT(Pull(*ImageReference::Parse("team/app:multi")), absl_testing::IsOkAndHolds(1u));
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
